// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using Xunit;

namespace Denali.Images.Tests;

/// <summary>Lookup of function names, and what a table with nonsense in it does.</summary>
public sealed class SymbolTableTests
{
    private const ulong Base = ElfBuilder.CodeAddress;

    [Fact]
    public void TryFind_AddressInFunction_GivesNameAndOffset()
    {
        SymbolTable table = Table();

        Assert.True(table.TryFind(Base + 0x47, out SymbolMatch match));

        Assert.Equal(new SymbolMatch("hello_Hello__Main", Base + 0x40, 0x80, 7), match);
        Assert.Equal(2, table.Count);
        Assert.Equal(Base, table.AddressAt(0));
    }

    [Fact]
    public void TryFind_AddressOutsideFunctions_FindsNothing()
    {
        SymbolTable table = Table();

        Assert.False(table.TryFind(Base + 0xC0, out _));
        Assert.False(table.TryFind(Base - 1, out _));
        Assert.False(table.TryFind(0, out _));
        Assert.False(table.TryFind(ulong.MaxValue, out _));
    }

    [Fact]
    public void TryFind_LabelWithoutSize_ReachesToNextFunctionAndEndOfSegment()
    {
        SymbolTable table = Table(
            new("label", Base + 0x100, Type: 0), new("next", Base + 0x110, 8), new("last", Base + 0x140, Type: 0));

        Assert.Equal("label", NameAt(table, Base + 0x10F));
        Assert.Equal("next", NameAt(table, Base + 0x110));
        Assert.Equal("", NameAt(table, Base + 0x118));
        Assert.Equal("last", NameAt(table, Base + 0x17F));
        Assert.Equal("", NameAt(table, Base + 0x180));
    }

    [Fact]
    public void TryFind_LabelInsideFunction_GivesTheFunction() =>
        Assert.Equal("hello_Hello__Main", NameAt(Table(new ElfSymbol("loop", Base + 0x50, Type: 0)), Base + 0x55));

    [Fact]
    public void TryFind_Aliases_GivesTheLongerName()
    {
        SymbolTable table = Table(new("memset", Base + 0x100, 8), new("hello_Memory__Fill", Base + 0x100, 8));

        Assert.Equal("hello_Memory__Fill", NameAt(table, Base + 0x104));
    }

    [Fact]
    public void TryFind_OverlappingFunctions_EndsTheFirstWhereTheSecondBegins()
    {
        SymbolTable table = Table(new("first", Base + 0x100, ulong.MaxValue), new("second", Base + 0x120, 8));

        Assert.Equal("first", NameAt(table, Base + 0x11F));
        Assert.Equal("second", NameAt(table, Base + 0x120));
        Assert.Equal("", NameAt(table, Base + 0x130));
    }

    [Fact]
    public void TryFind_SymbolsThatAreNoFunctions_AreLeftOut()
    {
        SymbolTable table = Table(
            new("data", ElfBuilder.DataAddress + 0x10, 8, Type: 1), new("undefined", Base + 0x100, 8, Section: 0),
            new("absolute", Base + 0x100, 8, Section: 0xFFF1), new("outside", 0x7777_0000_0000, 8),
            new("section", Base + 0x100, 0, Type: 3));

        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void TryFind_NameWithControlCharacters_IsPrintable() =>
        Assert.Equal("a?[31mb?c?", NameAt(Table(new ElfSymbol("a\x1B[31mb\nc\xFF", Base + 0x100, 8)), Base + 0x100));

    [Fact]
    public void TryFind_LongName_IsCut()
    {
        SymbolTable table = Table(new ElfSymbol(new string('n', 5000), Base + 0x100, 8));

        Assert.Equal(ImageLimits.SymbolNameMaxLength, NameAt(table, Base + 0x100).Length);
    }

    [Fact]
    public void Symbols_MoreThanTheLimit_AreCutInBoundedTime()
    {
        // All at one address and with long, equal, unterminated names: the worst case for sorting.
        var symbols = new byte[24 * (ImageLimits.SymbolCountMax + 100)];
        for (int at = 0; at < symbols.Length; at += 24)
        {
            symbols[at] = 1;
            symbols[at + 4] = 0x12;
            symbols[at + 6] = 1;
            symbols[at + 10] = (byte)(Base >> 16);
            symbols[at + 16] = (byte)(at / 24);
        }

        var builder = new ElfBuilder { HasSections = true };
        builder.Symbols.Clear();
        builder.SymbolBytes = symbols;
        builder.StringBytes = new byte[4096];
        builder.StringBytes.AsSpan(1).Fill((byte)'s');
        Assert.True(DenaliImage.TryParse(builder.Build(), out DenaliImage? image, out _));
        long start = Stopwatch.GetTimestamp();

        SymbolTable table = image.Symbols;

        Assert.Equal(1, table.Count);
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 10);
    }

    private static string NameAt(SymbolTable table, ulong address) =>
        table.TryFind(address, out SymbolMatch match) ? match.Name : "";

    private static SymbolTable Table(params ElfSymbol[] more)
    {
        var builder = new ElfBuilder();
        builder.Symbols.AddRange(more);
        Assert.True(DenaliImage.TryParse(builder.Build(), out DenaliImage? image, out ImageError error), error.Message);
        return image.Symbols;
    }
}
