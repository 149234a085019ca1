// SPDX-License-Identifier: MIT
using System;
using System.Security.Cryptography;
using Denali.Hardware;
using Xunit;

namespace Denali.Images.Tests;

/// <summary>What an accepted image shows, and how a memory size becomes a layout.</summary>
public sealed class ImageAcceptanceTests
{
    [Fact]
    public void TryParse_ValidImage_ShowsWhatTheFileSays()
    {
        byte[] file = ElfBuilder.Valid();

        DenaliImage image = Parse(file);

        Assert.Equal(ElfBuilder.CodeAddress + 4, image.Entry);
        Assert.Equal(ElfBuilder.CodeAddress, image.LowEnd);
        Assert.Equal(ElfBuilder.DataAddress + 0x3000, image.HighEnd);
        Assert.Equal(SHA256.HashData(file), image.Identity.ToArray());
        Assert.Equal(new ElfBuilder().Note, image.Note);
        Assert.Equal(4UL << 20, image.PreferredMemoryBytes);
        Assert.Equal(3, image.Segments.Length);
        Assert.Equal(SegmentPermissions.Read | SegmentPermissions.Execute, image.Segments[0].Permissions);
        Assert.Equal(SegmentPermissions.Read, image.Segments[1].Permissions);
        Assert.Equal(SegmentPermissions.Read | SegmentPermissions.Write, image.Segments[2].Permissions);
        ImageInvariants.Check(image, file);
    }

    [Fact]
    public void BytesOf_CodeSegment_ReturnsItsFileBytes()
    {
        DenaliImage image = Parse(ElfBuilder.Valid());

        ReadOnlyMemory<byte> bytes = image.BytesOf(image.Segments[0]);

        Assert.Equal(new ElfBuilder().Code.Bytes, bytes.ToArray());
    }

    [Fact]
    public void TryParse_LongerDescriptorOfLaterVersion_IsAccepted()
    {
        var builder = new ElfBuilder();
        builder.NoteBytes = ElfBuilder.NoteEntry("Denali", 1, [.. ElfBuilder.Descriptor(builder.Note), 1, 2, 3, 4]);

        Assert.Equal(builder.Note, Parse(builder.Build()).Note);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void TryParse_NoteBetweenForeignNotes_IsFound(int align)
    {
        var builder = new ElfBuilder();
        builder.NoteSegment.Align = (ulong)align;
        builder.NoteBytes =
        [
            .. ElfBuilder.NoteEntry("GNU", 3, new byte[20], align),
            .. ElfBuilder.NoteEntry("Denali", 1, ElfBuilder.Descriptor(builder.Note), align),
            .. ElfBuilder.NoteEntry("stapsdt", 3, new byte[5], align),
        ];

        Assert.Equal(builder.Note, Parse(builder.Build()).Note);
    }

    [Fact]
    public void TryParse_NoteWithoutTrailingPadding_IsFound()
    {
        var builder = new ElfBuilder();
        byte[] foreign = ElfBuilder.NoteEntry("GNU", 3, new byte[5]);
        builder.NoteBytes =
            [.. ElfBuilder.NoteEntry("Denali", 1, ElfBuilder.Descriptor(builder.Note)), .. foreign[..^3]];

        Assert.Equal(builder.Note, Parse(builder.Build()).Note);
    }

    [Fact]
    public void TryParse_NoMemorySizeInNote_PrefersTheDefault()
    {
        var builder = new ElfBuilder();
        builder.Note = builder.Note with { MemoryBytes = 0 };

        Assert.Equal(AddressMap.MemoryDefaultBytes, Parse(builder.Build()).PreferredMemoryBytes);
    }

    [Fact]
    public void TryParse_EmptySegment_IsLeftOut()
    {
        var builder = new ElfBuilder();
        builder.Segments.Insert(1, new ElfSegment { Address = 0 });

        Assert.Equal(3, Parse(builder.Build()).Segments.Length);
    }

    [Fact]
    public void TryParse_NoSections_IsAcceptedWithoutSymbols()
    {
        DenaliImage image = Parse(new ElfBuilder { HasSections = false }.Build());

        Assert.Equal(0, image.Symbols.Count);
        Assert.False(image.TryFindSection(".text", out _));
    }

    [Fact]
    public void TryFindSegment_Addresses_FindsTheSegmentUpToItsEnd()
    {
        DenaliImage image = Parse(ElfBuilder.Valid());

        Assert.True(image.TryFindSegment(ElfBuilder.CodeAddress + 0x17F, out ImageSegment segment));
        Assert.Equal(image.Segments[0], segment);
        Assert.False(image.TryFindSegment(ElfBuilder.CodeAddress + 0x180, out _));
        Assert.False(image.TryFindSegment(0, out _));
        Assert.False(image.TryFindSegment(ulong.MaxValue, out _));
    }

    [Fact]
    public void TryFindSection_PresentCompressedAndAbsent_FindsOnlyThePresent()
    {
        var builder = new ElfBuilder();
        builder.Sections.Add(new ElfSection(".debug_line", [1, 2, 3]));
        builder.Sections.Add(new ElfSection(".debug_str", [1, 2, 3], Flags: 0x800));
        builder.Sections.Add(new ElfSection(".bss", [], Type: 8));

        DenaliImage image = Parse(builder.Build());

        Assert.True(image.TryFindSection(".debug_line", out ImageSection section));
        Assert.Equal([1, 2, 3], section.Bytes.ToArray());
        Assert.False(image.TryFindSection(".debug_str", out _));
        Assert.False(image.TryFindSection(".debug_lin", out _));
        Assert.False(image.TryFindSection(".bss", out _));
        Assert.False(image.TryFindSection(".eh_frame", out _));
    }

    [Fact]
    public void TryResolveMemory_PreferredSize_PutsHeapBehindImageAndStacksAtTheTop()
    {
        DenaliImage image = Parse(ElfBuilder.Valid());

        Assert.True(DenaliImage.TryResolveMemory(image, 0, out MemoryLayout layout, out _));

        const ulong StackAreaBytes = 8 * 64 * 1024;
        Assert.Equal(4UL << 20, layout.MemoryBytes);
        Assert.Equal((4UL << 20) - StackAreaBytes, layout.StackAreaBase);
        Assert.Equal(image.HighEnd, layout.HeapBase);
        Assert.Equal(layout.StackAreaBase - image.HighEnd, layout.HeapBytes);
        Assert.Equal(64u * 1024, layout.StackBytes);
        Assert.Equal(8u, layout.StackCount);
        Assert.Equal(4UL << 20, layout.BootStackTop);
    }

    [Theory]
    [InlineData(1UL << 20)]
    [InlineData(AddressMap.MemoryMaxBytes)]
    [InlineData((4UL << 20) + AddressMap.ChunkBytes)]
    public void TryResolveMemory_SizeInRange_IsAccepted(ulong bytes)
    {
        DenaliImage image = Parse(ElfBuilder.Valid());

        Assert.True(DenaliImage.TryResolveMemory(image, bytes, out MemoryLayout layout, out ImageError error));

        Assert.Equal(bytes, layout.MemoryBytes);
        Assert.Equal(ImageErrorKind.None, error.Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData((1UL << 20) - AddressMap.ChunkBytes)]
    [InlineData((4UL << 20) + AddressMap.PageBytes)]
    [InlineData(AddressMap.MemoryMaxBytes + AddressMap.ChunkBytes)]
    [InlineData(ulong.MaxValue)]
    public void TryResolveMemory_ImpossibleSize_IsRefusedWithTheRange(ulong bytes)
    {
        DenaliImage image = Parse(ElfBuilder.Valid());

        Assert.False(DenaliImage.TryResolveMemory(image, bytes, out MemoryLayout layout, out ImageError error));

        Assert.Equal(default, layout);
        Assert.Equal(ImageErrorKind.RequestedMemoryRefused, error.Kind);
        Assert.Equal(
            $"this image cannot have {bytes} bytes of memory; choose a multiple of 65536 from 1048576 to 4294967296",
            error.Message);
    }

    [Fact]
    public void TryResolveMemory_SmallestSizeOfLargeStacks_LeavesNoHeapButFits()
    {
        var builder = new ElfBuilder();
        builder.Note = builder.Note with { StackBytes = 1 << 20, StackCount = 3 };
        DenaliImage image = Parse(builder.Build());

        Assert.True(DenaliImage.TryResolveMemory(image, image.MinimumMemoryBytes, out MemoryLayout layout, out _));
        Assert.False(DenaliImage.TryResolveMemory(
            image, image.MinimumMemoryBytes - AddressMap.ChunkBytes, out _, out _));

        Assert.True(layout.HeapBytes < AddressMap.ChunkBytes);
    }

    [Fact]
    public void IsStackGuard_Addresses_FindsTheLowestPageOfEachStack()
    {
        var layout = new MemoryLayout(1 << 20, 0x30000, 0xE0000, 0x10000, 2);

        Assert.True(layout.IsStackGuard(0xE0000));
        Assert.True(layout.IsStackGuard(0xE0FFF));
        Assert.False(layout.IsStackGuard(0xE1000));
        Assert.True(layout.IsStackGuard(0xF0000));
        Assert.False(layout.IsStackGuard(0xFFFFF));
        Assert.False(layout.IsStackGuard(0x100000));
        Assert.False(layout.IsStackGuard(0xDFFFF));
        Assert.False(default(MemoryLayout).IsStackGuard(0));
    }

    private static DenaliImage Parse(byte[] file)
    {
        Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error), error.Message);
        return image;
    }
}
