// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>Hostile snapshots and hostile debug sections: a report always comes, is printable, and comes soon.
/// </summary>
public sealed class DiagnosticsFuzzTests
{
    private const int ReportLengthMax = 128 * 1024;

    private static readonly TimeSpan s_renderTimeout = TimeSpan.FromSeconds(10);
    private static readonly string[] s_sections =
        [".debug_line", ".debug_line_str", ".debug_str", ".eh_frame", ".debug_frame", ".symtab", ".strtab"];

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Render_RandomSnapshots_NeverThrows()
    {
        DenaliImage image = SyntheticImage.Parse(SyntheticImage.Builder());
        TestSeed.ForEach(20_000, 600_000, random => Check(RandomSnapshot(random, image), image));
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Render_MutatedSections_NeverThrows()
    {
        byte[] file = WithDebugFrame().Build();
        TestSeed.ForEach(20_000, 600_000, random => CheckMutation(file, random));
    }

    [Theory]
    [Trait("Speed", "Fuzz")]
    [InlineData("-gdwarf-4 -O1")]
    [InlineData("-gdwarf-5 -O1")]
    public void Render_MutatedSectionsOfARealProgram_NeverThrows(string options)
    {
        byte[] file = NativeFixture.Get(options).File;
        TestSeed.ForEach(3_000, 300_000, random => CheckMutation(file, random));
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Render_SectionsOfRandomBytes_NeverThrows() =>
        TestSeed.ForEach(3_000, 300_000, random =>
        {
            ElfBuilder builder = SyntheticImage.Builder();
            builder.Sections.Clear();
            foreach (string name in s_sections.Where(name => name.StartsWith(".debug") || name == ".eh_frame"))
            {
                var bytes = new byte[random.Next(300)];
                random.NextBytes(bytes);
                builder.Sections.Add(new ElfSection(name, bytes));
            }

            DenaliImage image = SyntheticImage.Parse(builder);
            Check(RandomSnapshot(random, image), image);
        });

    public static TheoryData<string> Bombs => new("lines", "rows", "names", "numbers", "entries", "commons");

    /// <summary>Large sections of the bytes that make each loop run longest.</summary>
    [Theory]
    [MemberData(nameof(Bombs))]
    public void Render_SectionsThatWantToTakeLong_EndSoon(string kind)
    {
        const int BombBytes = 16 << 20;
        ElfBuilder builder = SyntheticImage.Builder();
        builder.Sections.Clear();
        builder.Sections.Add(new ElfSection(".debug_str", new byte[1 << 20].Select(_ => (byte)'n').ToArray()));
        builder.Sections.Add(kind switch
        {
            "lines" => new ElfSection(".debug_line", Repeat(SyntheticImage.LinesOld(), BombBytes)),
            "rows" => new ElfSection(".debug_line", Rows(BombBytes)),
            "names" => new ElfSection(".debug_line", Names(BombBytes)),
            "numbers" => new ElfSection(".eh_frame", Enumerable.Repeat((byte)0x80, BombBytes).ToArray()),
            "entries" => new ElfSection(".eh_frame", Entries(BombBytes)),
            _ => new ElfSection(".eh_frame", Commons(BombBytes)),
        });
        DenaliImage image = SyntheticImage.Parse(builder);
        var registers = new GuestRegisters { Rip = SyntheticImage.Inner, Rsp = 0x3F0000 };

        Check(new FaultSnapshot { Vector = 14, Registers = registers }, image);
    }

    private static ElfBuilder WithDebugFrame()
    {
        ElfBuilder builder = SyntheticImage.Builder();
        builder.Sections.Add(new ElfSection(".debug_frame", SyntheticImage.DebugFrames(
            (ElfBuilder.CodeAddress, SyntheticImage.FramePointerProgram))));
        return builder;
    }

    private static void CheckMutation(byte[] file, Random random)
    {
        byte[] copy = [.. file];
        Assert.True(DenaliImage.TryParse(copy, out DenaliImage? original, out _));
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            if (original.TryFindSection(s_sections[random.Next(s_sections.Length)], out ImageSection section) &&
                section.Bytes.Length > 0)
            {
                Assert.True(copy.AsSpan().Overlaps(section.Bytes.Span, out int offset));
                byte[] mutated = ImageMutator.Mutate(section.Bytes.ToArray(), random);
                mutated.CopyTo(copy, offset);
            }
        }

        // The first parse has read nothing of the sections yet, and this one begins anew.
        DenaliImage image = SyntheticImage.Parse(copy);
        Check(RandomSnapshot(random, image), image);
    }

    private static void Check(FaultSnapshot snapshot, DenaliImage image)
    {
        long start = Stopwatch.GetTimestamp();

        string report = FaultReport.Render(snapshot, image, image.PreferredMemoryBytes);

        Assert.True(Stopwatch.GetElapsedTime(start) < s_renderTimeout, "took too long");
        Assert.InRange(report.Length, 100, ReportLengthMax);
        Assert.DoesNotContain(report, c => char.IsControl(c) && c != '\n');
        Assert.InRange(report.Count(c => c == '\n'), 9, 16 + DiagnosticLimits.FrameCountMax);
    }

    private static FaultSnapshot RandomSnapshot(Random random, DenaliImage image)
    {
        ulong rsp = random.Next(8) == 0 ? (ulong)random.NextInt64() : 0x3F0000 + (ulong)random.Next(0x1000);
        var registers = new GuestRegisters
        {
            Rip = Address(random, image),
            Rsp = rsp,
            Rbp = random.Next(2) == 0 ? rsp + (ulong)random.Next(64) : Address(random, image),
            Rax = Address(random, image),
            Rbx = (ulong)random.NextInt64() << 1,
            R12 = Address(random, image),
            Rflags = (ulong)random.NextInt64(),
        };
        var stack = new byte[random.Next(512)];
        for (int at = 0; at + sizeof(ulong) <= stack.Length; at += sizeof(ulong))
        {
            BitConverter.TryWriteBytes(stack.AsSpan(at), Address(random, image));
        }

        var code = new byte[random.Next(FaultSnapshot.CodeMaxBytes + 1)];
        var message = new byte[random.Next(10) == 0 ? random.Next(3000) : random.Next(20)];
        random.NextBytes(code);
        random.NextBytes(message);
        return new FaultSnapshot
        {
            Vector = random.Next(4) == 0 ? 13 : random.Next(-3, 33),
            ErrorCode = (ulong)random.Next(64),
            Address = Address(random, image),
            Registers = registers,
            Code = code,
            StackAddress = random.Next(8) == 0 ? ulong.MaxValue - (ulong)random.Next(600) : rsp,
            Stack = stack,
            Message = message,
        };
    }

    private static ulong Address(Random random, DenaliImage image) => random.Next(8) switch
    {
        0 => AddressMap.InstructionPageBase + (ulong)random.Next(0x1000),
        1 => 0x3F0000 + (ulong)random.Next(0x1000),
        2 => ImageMutator.Boundaries[random.Next(ImageMutator.Boundaries.Length)],
        3 => (ulong)random.NextInt64() << 1,
        _ => image.Entry + (ulong)random.Next(0x200),
    };

    private static byte[] Repeat(byte[] part, int bytes)
    {
        var all = new byte[bytes];
        for (int at = 0; at + part.Length <= bytes; at += part.Length)
        {
            part.CopyTo(all, at);
        }

        return all;
    }

    private static byte[] Rows(int bytes)
    {
        // Special opcodes without end, each of them a row one byte further, over and over through the code.
        byte[] sequence =
        [
            .. new ByteWriter().U8(0, 9, 2).U64(ElfBuilder.CodeAddress).ToArray(),
            .. Enumerable.Repeat((byte)(13 + 14 + 5), 0x180),
        ];
        var unit = new ByteWriter().U16(4)
            .Sized(new ByteWriter().U8(1, 1, 1, unchecked((byte)-5), 14, 13).U8(new byte[12]).U8(0, 0))
            .U8(Repeat(sequence, bytes));
        return new ByteWriter().Sized(unit).ToArray();
    }

    private static byte[] Names(int bytes)
    {
        // Directories that are all one long text without an end.
        var header = new ByteWriter().U8(1, 1, 1, 0, 14, 13).U8(new byte[12])
            .U8(1).Uleb(1).Uleb(0x0E).Uleb((ulong)bytes / 4).U8(new byte[bytes]);
        return new ByteWriter().Sized(new ByteWriter().U16(5).U8(8, 0).Sized(header)).ToArray();
    }

    private static byte[] Entries(int bytes)
    {
        var section = new ByteWriter().Sized(SyntheticImage.Common(0x00));
        byte[] common = section.ToArray();
        var all = new byte[bytes];
        common.CopyTo(all, 0);
        for (int at = common.Length; at + 26 <= bytes; at += 26)
        {
            BitConverter.TryWriteBytes(all.AsSpan(at), 22);
            BitConverter.TryWriteBytes(all.AsSpan(at + 4), at + 4);
            BitConverter.TryWriteBytes(all.AsSpan(at + 8), SyntheticImage.Inner);
            BitConverter.TryWriteBytes(all.AsSpan(at + 16), 0x40UL);
            all[at + 24] = 0;
            all[at + 25] = 0x0A;
        }

        return all;
    }

    /// <summary>Function entries that each name another place in a large common entry as theirs.</summary>
    private static byte[] Commons(int bytes)
    {
        byte[] all = Enumerable.Repeat((byte)0x80, bytes).ToArray();
        int half = bytes / 2;
        BitConverter.TryWriteBytes(all.AsSpan(0), half - 4);
        for (int at = 0; at + 16 <= half; at += 16)
        {
            BitConverter.TryWriteBytes(all.AsSpan(at + 4), at == 0 ? 1 : DiagnosticLimits.FrameEntryMaxBytes - 64);
            BitConverter.TryWriteBytes(all.AsSpan(at + 8), 0);
            all[at + 12] = 1;
            all[at + 13] = 0;
        }

        for (int at = half; at + 26 <= bytes; at += 26)
        {
            BitConverter.TryWriteBytes(all.AsSpan(at), 22);
            BitConverter.TryWriteBytes(all.AsSpan(at + 4), at + 4 - 4 - ((at - half) / 26 * 16));
            BitConverter.TryWriteBytes(all.AsSpan(at + 8), SyntheticImage.Inner);
            BitConverter.TryWriteBytes(all.AsSpan(at + 16), 0x40UL);
        }

        return all;
    }
}
