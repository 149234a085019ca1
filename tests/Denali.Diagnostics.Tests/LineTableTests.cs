// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Images;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>The line table on sections made by hand: rows, both header forms, damage.</summary>
public sealed class LineTableTests
{
    private const ulong Main = SyntheticImage.Main;
    private const ulong Inner = SyntheticImage.Inner;

    [Theory]
    [InlineData(Main + 4, "/src/Main.cs:10")]
    [InlineData(Main + 7, "/src/Main.cs:10")]
    [InlineData(Main + 8, "/src/Main.cs:11")]
    [InlineData(Main + 24, "/src/Main.cs:11")]
    [InlineData(Main + 25, "/src/Main.cs:11")]
    [InlineData(Main + 29, "/src/Main.cs:12")]
    [InlineData(Main + 36, "/src/Main.cs:12")]
    [InlineData(Inner, "/src/Inner.cs:20")]
    [InlineData(Inner + 32, "/src/Inner.cs:22")]
    public void TryFind_AddressInRow_GivesFileAndLine(ulong address, string expected)
    {
        LineTable table = Table(SyntheticImage.Builder());

        Assert.True(table.TryFind(address, out SourceLine line));

        Assert.Equal(expected, line.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Main)]
    [InlineData(Main + 37)]
    [InlineData(Inner + 33)]
    [InlineData(ulong.MaxValue)]
    public void TryFind_AddressOutsideRows_FindsNothing(ulong address) =>
        Assert.False(Table(SyntheticImage.Builder()).TryFind(address, out _));

    [Fact]
    public void TryFind_FirstInstructionsWithoutRow_GivesTheFunctionsFirstLine()
    {
        DenaliImage image = SyntheticImage.Parse(SyntheticImage.Builder());
        Assert.True(image.Symbols.TryFind(Main, out SymbolMatch function));

        Assert.True(LineTable.Read(image).TryFind(Main, function, out SourceLine line));

        Assert.Equal("/src/Main.cs:10", line.ToString());
    }

    [Fact]
    public void TryFind_RowsOfTheFunctionBefore_DoNotReachIntoTheNext()
    {
        // One sequence over both functions: the last row of Main seems to cover the beginning of Inner.
        byte[] lines = Unit(program => program
            .U8(0, 9, 2).U64(Main).U8(1)
            .U8(2).Uleb(Inner + 8 - Main).U8(3).Sleb(6).U8(1)
            .U8(2).Uleb(8).U8(0, 1, 1));
        DenaliImage image = SyntheticImage.Parse(WithLines(lines));
        LineTable table = LineTable.Read(image);
        Assert.True(image.Symbols.TryFind(Inner, out SymbolMatch inner));
        Assert.True(image.Symbols.TryFind(Main, out SymbolMatch main));

        Assert.True(table.TryFind(Inner + 2, inner, out SourceLine innerLine));
        Assert.True(table.TryFind(Main + 2, main, out SourceLine mainLine));

        Assert.Equal(7u, innerLine.Line);
        Assert.Equal(1u, mainLine.Line);
    }

    [Fact]
    public void TryFind_SeveralRowsAtOneAddress_GivesTheLast()
    {
        byte[] lines = Unit(program => program
            .U8(0, 9, 2).U64(Main).U8(1).U8(3).Sleb(4).U8(1).U8(3).Sleb(2).U8(1).U8(2).Uleb(4).U8(0, 1, 1));

        Assert.True(Table(WithLines(lines)).TryFind(Main, out SourceLine line));

        Assert.Equal(7u, line.Line);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xFEEFEE)]
    public void TryFind_CodeOfNoLine_FindsNothing(uint hidden)
    {
        byte[] lines = Unit(program => program
            .U8(0, 9, 2).U64(Main).U8(3).Sleb((long)hidden - 1).U8(1).U8(2).Uleb(4).U8(0, 1, 1));

        Assert.False(Table(WithLines(lines)).TryFind(Main, out _));
    }

    [Fact]
    public void TryFind_CodeThatTheLinkerDropped_IsNotInTheTable()
    {
        byte[] lines = Unit(program => program.U8(0, 9, 2).U64(0).U8(1).U8(2).Uleb(0x100).U8(0, 1, 1));

        Assert.Equal(0, Table(WithLines(lines)).RangeCount);
    }

    [Fact]
    public void TryFind_HostileFileName_IsPrintableAndCut()
    {
        byte[] lines = Unit(
            program => program.U8(0, 9, 2).U64(Main).U8(1).U8(2).Uleb(4).U8(0, 1, 1),
            "\x1B[2J\n" + new string('a', 10_000));

        Assert.True(Table(WithLines(lines)).TryFind(Main, out SourceLine line));

        Assert.StartsWith("\\x1b[2J\\naaa", line.File, StringComparison.Ordinal);
        Assert.Equal(DiagnosticLimits.FileNameMaxLength, line.File.Length);
    }

    [Fact]
    public void Read_DamagedUnitFirst_StillReadsTheNext()
    {
        var strange = new ByteWriter().Sized(new ByteWriter().U16(77).U8(1, 2, 3, 4, 5));

        LineTable table = Table(WithLines([.. strange.ToArray(), .. SyntheticImage.LinesOld()]));

        Assert.True(table.TryFind(Main + 4, out _));
    }

    public static TheoryData<string> Damaged => new(s_damaged.Keys);

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Read_DamagedSection_HasNoRows(string name) =>
        Assert.Equal(0, Table(WithLines(s_damaged[name])).RangeCount);

    private static readonly Dictionary<string, byte[]> s_damaged = new()
    {
        ["empty"] = [],
        ["short length"] = [1, 0],
        ["length beyond the section"] = [0xF0, 0xFF, 0xFF, 0x7F, 4, 0],
        ["64-bit length beyond the section"] =
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 4, 0],
        ["header beyond the unit"] = new ByteWriter()
            .Sized(new ByteWriter().U16(4).U32(0x7FFFFFFF).U8(1, 1, 1, 0, 14, 13)).ToArray(),
        ["line range zero"] = new ByteWriter().Sized(new ByteWriter().U16(4)
            .Sized(new ByteWriter().U8(1, 1, 1, 0, 0, 1).U8(0, 0)).U8(0, 9, 2).U64(Main).U8(1, 60, 60)).ToArray(),
        ["opcode base zero"] = new ByteWriter().Sized(new ByteWriter().U16(4)
            .Sized(new ByteWriter().U8(1, 1, 1, 0, 14, 0).U8(0, 0)).U8(0, 9, 2).U64(Main).U8(1, 60, 60)).ToArray(),
        ["addresses of four bytes"] = new ByteWriter().Sized(new ByteWriter().U16(5).U8(4, 0)
            .Sized(new ByteWriter().U8(1, 1, 1, 0, 14, 13)).U8(1)).ToArray(),
    };

    private static byte[] Unit(Action<ByteWriter> write, string file = "a.cs")
    {
        var header = new ByteWriter().U8(1, 1, 1).U8(unchecked((byte)-5), 14, 13)
            .U8(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1).U8(0).Text(file).U8(0, 0, 0).U8(0);
        var program = new ByteWriter();
        write(program);
        return new ByteWriter().Sized(new ByteWriter().U16(4).Sized(header).U8(program.ToArray())).ToArray();
    }

    private static ElfBuilder WithLines(byte[] lines)
    {
        ElfBuilder builder = SyntheticImage.Builder();
        builder.Sections.RemoveAll(section => section.Name == ".debug_line");
        builder.Sections.Add(new ElfSection(".debug_line", lines));
        return builder;
    }

    private static LineTable Table(ElfBuilder builder) => LineTable.Read(SyntheticImage.Parse(builder));
}
