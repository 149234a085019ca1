// SPDX-License-Identifier: MIT
using Denali.Images;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>An image with debug sections made by hand, so that no compiler is needed.</summary>
/// <remarks>Two functions: <c>hello_Hello__Main</c>, at the code address + 0x40, calls <c>hello_Hello__Inner</c>, at
/// + 0xC0.</remarks>
public static class SyntheticImage
{
    public const ulong Main = ElfBuilder.CodeAddress + 0x40;
    public const ulong Inner = ElfBuilder.CodeAddress + 0xC0;
    public const uint FunctionBytes = 0x40;

    /// <summary>Frame program of a function that pushes rbp and then uses it as its frame pointer.</summary>
    public static ByteWriter FramePointerProgram => new ByteWriter()
        .U8(0x41).U8(0x0E, 16).U8(0x86, 2)
        .U8(0x43).U8(0x0D, 6);

    /// <summary>The image, with sections for both functions.</summary>
    public static ElfBuilder Builder(ByteWriter? mainProgram = null, ByteWriter? innerProgram = null)
    {
        var builder = new ElfBuilder();
        builder.Symbols.Clear();
        builder.Symbols.Add(new ElfSymbol("hello_Hello__Main", Main, FunctionBytes));
        builder.Symbols.Add(new ElfSymbol("hello_Hello__Inner", Inner, FunctionBytes));
        builder.Sections.Add(new ElfSection(".eh_frame", Frames(
            (Main, mainProgram ?? new ByteWriter().U8(0x07, 16)), (Inner, innerProgram ?? FramePointerProgram))));
        builder.Sections.Add(new ElfSection(".debug_line", [.. LinesOld(), .. LinesNew()]));
        builder.Sections.Add(new ElfSection(".debug_line_str", "/src\0Inner.cs\0"u8.ToArray()));
        return builder;
    }

    public static DenaliImage Parse(ElfBuilder builder) => Parse(builder.Build());

    public static DenaliImage Parse(byte[] file)
    {
        Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error), error.Message);
        return image;
    }

    /// <summary>An .eh_frame section at address 0 with one common entry.</summary>
    public static byte[] Frames(params (ulong Start, ByteWriter Program)[] functions)
    {
        var section = new ByteWriter().Sized(Common(0x1B));
        foreach ((ulong start, ByteWriter program) in functions)
        {
            uint pointerAt = (uint)section.Count + 8;
            section.Sized(new ByteWriter()
                .U32((uint)section.Count + 4).U32((uint)start - pointerAt).U32(FunctionBytes).U8(0)
                .U8(program.ToArray()));
        }

        return section.U32(0).ToArray();
    }

    /// <summary>A .debug_frame section.</summary>
    public static byte[] DebugFrames(params (ulong Start, ByteWriter Program)[] functions)
    {
        var common = new ByteWriter().U32(uint.MaxValue).U8(4).Text("").U8(8, 0).Uleb(1).Sleb(-8).Uleb(16)
            .U8(0x0C, 7, 8).U8(0x90, 1);
        var section = new ByteWriter().Sized(common);
        foreach ((ulong start, ByteWriter program) in functions)
        {
            section.Sized(new ByteWriter().U32(0).U64(start).U64(FunctionBytes).U8(program.ToArray()));
        }

        return section.ToArray();
    }

    /// <summary>A common entry for pointers in an encoding, as GNU as and ILC write it.</summary>
    public static ByteWriter Common(byte encoding, string augmentation = "zR") => new ByteWriter()
        .U32(0).U8(1).Text(augmentation).Uleb(1).Sleb(-8).U8(16).Uleb(1).U8(encoding)
        .U8(0x0C, 7, 8).U8(0x90, 1);

    /// <summary>A version 4 unit: Main.cs, lines 10 to 12, and a gap at the function's start.</summary>
    public static byte[] LinesOld()
    {
        var header = new ByteWriter().U8(1, 1, 1).U8(unchecked((byte)-5), 14, 13)
            .U8(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1)
            .Text("/src").U8(0)
            .Text("Main.cs").U8(1, 0, 0).U8(0);
        ByteWriter program = Program(Main + 4, fileNumber: 1, firstLine: 10);
        return new ByteWriter()
            .Sized(new ByteWriter().U16(4).Sized(header).U8(program.ToArray())).ToArray();
    }

    /// <summary>A version 5 unit: Inner.cs, lines 20 to 22.</summary>
    public static byte[] LinesNew()
    {
        var header = new ByteWriter().U8(1, 1, 1).U8(unchecked((byte)-5), 14, 13)
            .U8(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1)
            .U8(1).Uleb(1).Uleb(0x1F).Uleb(1).U32(0)
            .U8(3).Uleb(1).Uleb(0x1F).Uleb(2).Uleb(0x0B).Uleb(5).Uleb(0x1E)
            .Uleb(2)
            .U32(5).U8(0).U8(new byte[16])
            .U32(5).U8(0).U8(new byte[16]);
        ByteWriter program = Program(Inner, fileNumber: 1, firstLine: 20);
        return new ByteWriter()
            .Sized(new ByteWriter().U16(5).U8(8, 0).Sized(header).U8(program.ToArray())).ToArray();
    }

    private static ByteWriter Program(ulong address, byte fileNumber, int firstLine) => new ByteWriter()
        .U8(0, 9, 2).U64(address)
        .U8(4, fileNumber)
        .U8(3).Sleb(firstLine - 1)
        .U8(1)
        .U8(13 + 5 + 1 + (14 * 4))
        .U8(8)
        .U8(1)
        .U8(2).Uleb(4)
        .U8(3).Sleb(1)
        .U8(1)
        .U8(2).Uleb(8)
        .U8(0, 1, 1);

    /// <summary>A stack: values from an address upwards.</summary>
    public static byte[] Stack(params ulong[] values)
    {
        var writer = new ByteWriter();
        foreach (ulong value in values)
        {
            writer.U64(value);
        }

        return writer.ToArray();
    }
}
