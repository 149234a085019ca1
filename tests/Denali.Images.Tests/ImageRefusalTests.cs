// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Hardware;
using Xunit;

namespace Denali.Images.Tests;

/// <summary>One image per refusal, right but for one thing.</summary>
public sealed class ImageRefusalTests
{
    private static readonly Dictionary<string, (ImageErrorKind Kind, Func<byte[]> File)> s_cases = new()
    {
        ["empty"] = (ImageErrorKind.NotElf, () => []),
        ["text"] = (ImageErrorKind.NotElf, () =>
            "#!/bin/sh\necho a script is no image, whatever its length is\n"u8.ToArray()),
        ["cut in header"] = (ImageErrorKind.FileTooSmall, () => ElfBuilder.Valid()[..63]),
        ["32-bit"] = (ImageErrorKind.NotElf64, () => With(4, 1)),
        ["big-endian"] = (ImageErrorKind.NotLittleEndian, () => With(5, 2)),
        ["ident version"] = (ImageErrorKind.UnknownElfVersion, () => With(6, 0)),
        ["version"] = (ImageErrorKind.UnknownElfVersion, () => With(20, 2)),
        ["abi"] = (ImageErrorKind.ForeignAbi, () => With(7, 9)),
        ["arm"] = (ImageErrorKind.WrongMachine, () => With(18, 183)),
        ["object file"] = (ImageErrorKind.NotExecutable, () => With(16, 1)),
        ["core dump"] = (ImageErrorKind.NotExecutable, () => With(16, 4)),
        ["file header size"] = (ImageErrorKind.BadHeaderSize, () => With(52, 52)),
        ["program header size"] = (ImageErrorKind.BadHeaderSize, () => With(54, 32)),
        ["129 program headers"] = (ImageErrorKind.TooManyProgramHeaders, () => With(56, 129)),
        ["PN_XNUM"] = (ImageErrorKind.TooManyProgramHeaders, () => With(56, 0xFF, 0xFF)),
        ["program headers behind the end"] = (ImageErrorKind.ProgramHeadersOutsideFile, () => With(35, 1)),
        ["program headers far out"] = (ImageErrorKind.ProgramHeadersOutsideFile, () => With(39, 0xFF)),
        ["no program headers"] = (ImageErrorKind.NoNote, () => With(56, 0)),
        ["pie"] = (ImageErrorKind.PositionIndependent, () => With(16, 3)),
        ["interpreter"] = (ImageErrorKind.DynamicallyLinked, () => Build(b => b.Segments.Add(
            new ElfSegment { Type = ElfSegment.Interpreter, Bytes = "/lib64/ld.so\0"u8.ToArray() }))),
        ["dynamic"] = (ImageErrorKind.DynamicallyLinked, () => Build(b => b.Segments.Add(
            new ElfSegment { Type = ElfSegment.Dynamic }))),
        ["nothing to load"] = (ImageErrorKind.NoSegments, () => Build(
            b => b.Segments.RemoveAll(s => s.Type == ElfSegment.Load))),
        ["33 segments"] = (ImageErrorKind.TooManySegments, () => Build(b => AddSegments(b, 30))),
        ["segment offset"] = (ImageErrorKind.SegmentOutsideFile, () => Build(b => b.Data.Offset = 1 << 20)),
        ["segment offset wraps"] = (ImageErrorKind.SegmentOutsideFile, () => Build(
            b => b.Data.Offset = ulong.MaxValue - 8)),
        ["segment size"] = (ImageErrorKind.SegmentOutsideFile, () => Build(b => b.Data.FileBytes = ulong.MaxValue)),
        ["larger in file"] = (ImageErrorKind.SegmentLargerInFile, () => Build(b => b.Code.MemoryBytes = 0x17F)),
        ["empty in memory"] = (ImageErrorKind.SegmentLargerInFile, () => Build(b => b.Code.MemoryBytes = 0)),
        ["register page"] = (ImageErrorKind.SegmentTooLow, () => Build(
            b => b.Code.Address = AddressMap.RegisterPageBase)),
        ["null page"] = (ImageErrorKind.SegmentTooLow, () => Build(b => b.Code.Address = 0)),
        ["one byte low"] = (ImageErrorKind.SegmentTooLow, () => Build(
            b => b.Code.Address = AddressMap.ImageBase - 1)),
        ["ends high"] = (ImageErrorKind.SegmentTooHigh, () => Build(
            b => b.Data.MemoryBytes = AddressMap.MemoryMaxBytes)),
        ["begins high"] = (ImageErrorKind.SegmentTooHigh, () => Build(b => b.Data.Address = AddressMap.MonitorBase)),
        ["end wraps"] = (ImageErrorKind.SegmentTooHigh, () => Build(b => b.Data.MemoryBytes = ulong.MaxValue)),
        ["overlap"] = (ImageErrorKind.SegmentsOverlap, () => Build(b => b.Constants.Address = b.Code.Address + 0x100)),
        ["shared page"] = (ImageErrorKind.SegmentsOverlap, () => Build(
            b => b.Constants.Address = b.Code.Address + 0x800)),
        ["descending"] = (ImageErrorKind.SegmentsOverlap, () => Build(b => b.Segments.Reverse())),
        ["writable code"] = (ImageErrorKind.SegmentWritableAndExecutable, () => Build(
            b => b.Code.Flags = ElfSegment.R | ElfSegment.W | ElfSegment.X)),
        ["execute only"] = (ImageErrorKind.SegmentUnreadable, () => Build(b => b.Code.Flags = ElfSegment.X)),
        ["no access"] = (ImageErrorKind.SegmentUnreadable, () => Build(b => b.Constants.Flags = 0)),
        ["entry zero"] = (ImageErrorKind.EntryNotExecutable, () => Build(b => b.Entry = 0)),
        ["entry in data"] = (ImageErrorKind.EntryNotExecutable, () => Build(b => b.Entry = b.Data.Address)),
        ["entry behind code"] = (ImageErrorKind.EntryNotExecutable, () => Build(
            b => b.Entry = b.Code.Address + 0x180)),
        ["foreign note"] = (ImageErrorKind.NoNote, () => Build(
            b => b.NoteBytes = ElfBuilder.NoteEntry("GNU", 1, ElfBuilder.Descriptor(b.Note)))),
        ["foreign type"] = (ImageErrorKind.NoNote, () => Build(
            b => b.NoteBytes = ElfBuilder.NoteEntry("Denali", 2, ElfBuilder.Descriptor(b.Note)))),
        ["foreign and position-independent"] = (ImageErrorKind.NoNote, ForeignProgram),
        ["two notes"] = (ImageErrorKind.SeveralNotes, () => Build(b => b.NoteBytes = TwoNotes(b.Note))),
        ["note segment outside"] = (ImageErrorKind.NotesDamaged, () => Build(b => b.NoteSegment.Offset = 1 << 20)),
        ["note segment large"] = (ImageErrorKind.NotesDamaged, () => Build(
            b => b.NoteBytes = new byte[ImageLimits.NoteSegmentMaxBytes + 4])),
        ["note runs over"] = (ImageErrorKind.NotesDamaged, () => Build(b => b.NoteSegment.FileBytes = 48)),
        ["note name huge"] = (ImageErrorKind.NotesDamaged, () => Build(
            b => b.NoteBytes = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0])),
        ["note short"] = (ImageErrorKind.NoteTooShort, () => Build(
            b => b.NoteBytes = ElfBuilder.NoteEntry("Denali", 1, ElfBuilder.Descriptor(b.Note)[..28]))),
        ["version 0"] = (ImageErrorKind.WrongArchitectureVersion, () => Noted(n => n with { ArchitectureVersion = 0 })),
        ["version next"] = (ImageErrorKind.WrongArchitectureVersion, () => Noted(
            n => n with { ArchitectureVersion = RegisterPage.CurrentVersion + 1 })),
        ["level 1"] = (ImageErrorKind.BadProcessorLevel, () => Noted(n => n with { ProcessorLevel = 1 })),
        ["level 5"] = (ImageErrorKind.BadProcessorLevel, () => Noted(n => n with { ProcessorLevel = 5 })),
        ["memory small"] = (ImageErrorKind.BadMemorySize, () => Noted(
            n => n with { MemoryBytes = AddressMap.MemoryMinBytes - AddressMap.ChunkBytes })),
        ["memory large"] = (ImageErrorKind.BadMemorySize, () => Noted(
            n => n with { MemoryBytes = AddressMap.MemoryMaxBytes + AddressMap.ChunkBytes })),
        ["memory odd"] = (ImageErrorKind.BadMemorySize, () => Noted(
            n => n with { MemoryBytes = (4 << 20) + AddressMap.PageBytes })),
        ["stack small"] = (ImageErrorKind.BadStackSize, () => Noted(n => n with { StackBytes = AddressMap.PageBytes })),
        ["stack large"] = (ImageErrorKind.BadStackSize, () => Noted(
            n => n with { StackBytes = ImageNote.StackMaxBytes + AddressMap.PageBytes })),
        ["stack odd"] = (ImageErrorKind.BadStackSize, () => Noted(n => n with { StackBytes = (64 << 10) + 16 })),
        ["no stack"] = (ImageErrorKind.BadStackCount, () => Noted(n => n with { StackCount = 0 })),
        ["many stacks"] = (ImageErrorKind.BadStackCount, () => Noted(
            n => n with { StackCount = ImageNote.StackCountMax + 1 })),
        ["feature bit 4"] = (ImageErrorKind.UnknownFeatures, () => Noted(
            n => n with { RequiredFeatures = n.RequiredFeatures | (FeatureBits)16 })),
        ["feature bit 63"] = (ImageErrorKind.UnknownFeatures, () => Noted(
            n => n with { RequiredFeatures = (FeatureBits)(1UL << 63) })),
        ["stacks too many for the memory"] = (ImageErrorKind.DoesNotFit, () => Noted(n => n with { StackCount = 64 })),
        ["stacks far too many"] = (ImageErrorKind.DoesNotFit, () => Noted(
            n => n with { StackCount = ImageNote.StackCountMax, StackBytes = ImageNote.StackMaxBytes })),
        ["segment in the stack area"] = (ImageErrorKind.DoesNotFit, () => Build(b => b.Data.MemoryBytes = 4 << 20)),
    };

    public static TheoryData<string> CaseNames => new(s_cases.Keys);

    public static TheoryData<ImageErrorKind> Kinds =>
        new(Enum.GetValues<ImageErrorKind>().Where(kind => kind != ImageErrorKind.None));

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void TryParse_OneThingWrong_RefusesWithItsKind(string name)
    {
        (ImageErrorKind kind, Func<byte[]> file) = s_cases[name];

        bool accepted = DenaliImage.TryParse(file(), out DenaliImage? image, out ImageError error);

        Assert.False(accepted);
        Assert.Null(image);
        Assert.Equal(kind, error.Kind);
    }

    [Fact]
    public void TryParse_FileBeyondLimit_RefusesWithoutReadingIt()
    {
        byte[] file = GC.AllocateUninitializedArray<byte>(ImageLimits.FileMaxBytes + 1);
        ElfBuilder.Valid().CopyTo(file, 0);

        Assert.False(DenaliImage.TryParse(file, out _, out ImageError error));

        Assert.Equal(ImageErrorKind.FileTooLarge, error.Kind);
    }

    [Fact]
    public void Cases_AllKinds_AreCovered()
    {
        // The two that are not here have tests of their own.
        ImageErrorKind[] elsewhere =
            [ImageErrorKind.None, ImageErrorKind.FileTooLarge, ImageErrorKind.RequestedMemoryRefused];

        IEnumerable<ImageErrorKind> missing =
            Enum.GetValues<ImageErrorKind>().Except(s_cases.Values.Select(c => c.Kind)).Except(elsewhere);

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Message_EveryKind_SaysWhatIsWrongAndTheCure(ImageErrorKind kind)
    {
        string message = new ImageError(kind, 0x1234, 5, 6).Message;

        Assert.Matches("^[ -~]{20,220}$", message);
        Assert.Matches("[;] (build|link|choose|ask|set|align|name|use|strip|merge|separate|make)", message);
    }

    [Fact]
    public void Message_AllKinds_AreDifferent()
    {
        List<string> messages = [.. Enum.GetValues<ImageErrorKind>().Select(kind => new ImageError(kind).Message)];

        Assert.Equal(messages.Count, messages.Distinct().Count());
    }

    [Fact]
    public void Message_ForeignProgram_NamesTheNoteAndTheProps()
    {
        string message = new ImageError(ImageErrorKind.NoNote).Message;

        Assert.Equal(
            "not a Denali image: it has no Denali note; build it with guest/Directory.Build.props", message);
    }

    private static byte[] Build(Action<ElfBuilder> change)
    {
        var builder = new ElfBuilder();
        change(builder);
        return builder.Build();
    }

    private static byte[] Noted(Func<ImageNote, ImageNote> change) => Build(b => b.Note = change(b.Note));

    private static byte[] With(int offset, params byte[] bytes)
    {
        byte[] file = ElfBuilder.Valid();
        bytes.CopyTo(file, offset);
        return file;
    }

    private static byte[] ForeignProgram()
    {
        byte[] file = Build(b => b.Segments.Remove(b.NoteSegment));
        file[16] = 3;
        return file;
    }

    private static byte[] TwoNotes(ImageNote note)
    {
        byte[] entry = ElfBuilder.NoteEntry("Denali", ImageNote.NoteType, ElfBuilder.Descriptor(note));
        return [.. entry, .. entry];
    }

    private static void AddSegments(ElfBuilder builder, int count)
    {
        for (int index = 0; index < count; index++)
        {
            builder.Segments.Add(
                new ElfSegment { Address = 0x40000 + ((ulong)index * 0x1000), Bytes = new byte[16] });
        }
    }
}
