// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>A page is explained by where it lies, and what differs by statics and the objects of the heap.</summary>
public sealed class PageReportTests
{
    private const ulong TypeAddress = ElfBuilder.ConstantsAddress;
    private const uint ObjectBytes = 24;
    private const uint ElementBytes = 2;

    private readonly Dictionary<uint, byte[]> _pages = [];
    private readonly DenaliImage _image = MakeImage();
    private readonly MemoryLayout _layout;
    private int _looks;

    public PageReportTests() => Assert.True(DenaliImage.TryResolveMemory(_image, 0, out _layout, out _));

    private uint HeapPage => (uint)(_layout.HeapBase / AddressMap.PageBytes);

    [Fact]
    public void Explain_HeapPage_NamesTheObjectsThatTheWordsBelongTo()
    {
        // An object at 16, an array of 3 elements at 64; what lies behind either is neither's.
        Put(HeapPage, 16, TypeAddress);
        Put(HeapPage, 64, TypeAddress + 8);
        Put(HeapPage, 72, 3);

        Assert.Equal("Hello_Thing 16, no object 8", What(HeapPage, (24, 16), (40, 8)));
        Assert.Equal("Hello_Row[3] 16", What(HeapPage, (72, 16)));
        Assert.Equal("no object 8", What(HeapPage, (96, 8)));
    }

    [Fact]
    public void Explain_LongArray_IsFoundFromItsLaterPages()
    {
        Put(HeapPage, 0, TypeAddress + 8);
        Put(HeapPage, 8, 4096);

        Assert.Equal("Hello_Row[4096] 8", What(HeapPage + 1, (0, 8)));
        Assert.Equal("no object 8", What(HeapPage + 3, (0, 8)));
    }

    [Fact]
    public void Explain_OtherPages_SaysWhereTheyLie()
    {
        uint last = (uint)(_layout.MemoryBytes / AddressMap.PageBytes) - 1;
        (uint Page, string Place, string What)[] cases =
        [
            ((uint)(AddressMap.RegisterPageBase / AddressMap.PageBytes), "registers", ""),
            ((uint)(ElfBuilder.DataAddress / AddressMap.PageBytes), "data", "hello_statics 8"),
            (last, "stack 0", ""),
            (last - (_layout.StackBytes / AddressMap.PageBytes), "stack 1", ""),
        ];
        foreach ((uint page, string place, string what) in cases)
        {
            PageExplanation found = Explain(page, (16, 8));
            Assert.Equal(
                ((ulong)page * AddressMap.PageBytes, 5, place), (found.Address, found.ByteCount, found.Place));
            Assert.Equal(what, TextOf(found));
        }
    }

    [Fact]
    public void Explain_WhatDevicesUse_SaysSo()
    {
        byte[] registers = new byte[AddressMap.PageBytes];
        MemoryMarshal.Write(registers, new RegisterPage
        {
            NicTransmitRing = _layout.HeapBase,
            NicTransmitEntries = 4,
            DiskRequestRing = _layout.HeapBase + 1024,
            DiskRingEntries = 2,
            NicReceiveRing = ulong.MaxValue - 8,
            NicReceiveEntries = 32768,
        });
        _pages.Add((uint)(AddressMap.RegisterPageBase / AddressMap.PageBytes), registers);
        Put(HeapPage, RingHeader.SizeOf, _layout.HeapBase + AddressMap.PageBytes);
        Put(HeapPage, RingHeader.SizeOf + 8, 64);

        Assert.Equal("transmit ring 16, disk request ring 8", What(HeapPage, (128, 16), (1024, 8)));
        Assert.Equal("transmit buffer 64, no object 8", What(HeapPage + 1, (0, 72)));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(TypeAddress)]
    [InlineData(TypeAddress + 8)]
    public void Explain_WholeHeap_LooksAtEachWordAFewTimesOnly(ulong word)
    {
        uint last = (uint)(_layout.StackAreaBase / AddressMap.PageBytes) - 1;
        for (uint page = HeapPage; word != 0 && page <= last; page++)
        {
            for (int offset = 0; offset < AddressMap.PageBytes; offset += sizeof(ulong))
            {
                Put(page, offset, word);
            }
        }

        var report = new PageReport(_image, _layout, TryGet);
        for (uint page = HeapPage; page <= last; page++)
        {
            _ = report.Explain(new PageChange(page, 1, [(0, (int)AddressMap.PageBytes)]));
        }

        ulong words = _layout.HeapBytes / sizeof(ulong);
        Assert.InRange((ulong)_looks, words, (3 * words) + 10);
    }

    private static DenaliImage MakeImage()
    {
        ElfBuilder builder = SyntheticImage.Builder();
        builder.Symbols.Add(new ElfSymbol("_ZTV11Hello_Thing", TypeAddress, Type: 0));
        builder.Symbols.Add(new ElfSymbol("_ZTV9Hello_Row", TypeAddress + 8, Type: 0));
        builder.Symbols.Add(new ElfSymbol("hello_statics", ElfBuilder.DataAddress + 0x10, 64, Type: 1));
        byte[] types = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(types.AsSpan(4), ObjectBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(types.AsSpan(8), 0x8000_0000 | ElementBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(types.AsSpan(12), ObjectBytes);
        builder.Constants.Bytes = types;
        return SyntheticImage.Parse(builder);
    }

    private void Put(uint page, int offset, ulong value)
    {
        if (!_pages.TryGetValue(page, out byte[]? contents))
        {
            contents = new byte[AddressMap.PageBytes];
            _pages.Add(page, contents);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(contents.AsSpan(offset), value);
    }

    private string What(uint page, params (int Offset, int Length)[] ranges)
    {
        PageExplanation found = Explain(page, ranges);
        Assert.Equal("heap", found.Place);
        return TextOf(found);
    }

    private static string TextOf(PageExplanation page) =>
        string.Join(", ", page.Parts.Select(part => $"{part.Name} {part.Bytes}")) + (page.HasMore ? ", ..." : "");

    private PageExplanation Explain(uint page, params (int Offset, int Length)[] ranges) =>
        new PageReport(_image, _layout, TryGet).Explain(new PageChange(page, 5, ranges));

    private bool TryGet(uint page, out ReadOnlySpan<byte> contents)
    {
        _looks++;
        bool has = _pages.TryGetValue(page, out byte[]? bytes);
        contents = bytes;
        return has;
    }
}
