// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
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
            ((uint)(ElfBuilder.DataAddress / AddressMap.PageBytes), "image", "hello_statics 8"),
            (last, "stack 0", ""),
            (last - (_layout.StackBytes / AddressMap.PageBytes), "stack 1", ""),
        ];
        foreach ((uint page, string place, string what) in cases)
        {
            string line = Explain(page, (16, 8));
            Assert.Equal($"{(ulong)page * AddressMap.PageBytes,9:x}     5  {place,-10}  {what}".TrimEnd(), line);
        }
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
        string line = Explain(page, ranges);
        return line[(line.IndexOf("heap", StringComparison.Ordinal) + "heap".Length)..].Trim();
    }

    private string Explain(uint page, params (int Offset, int Length)[] ranges) =>
        new PageReport(_image, _layout, TryGet).Explain(new PageChange(page, 5, ranges));

    private bool TryGet(uint page, out ReadOnlySpan<byte> contents)
    {
        bool has = _pages.TryGetValue(page, out byte[]? bytes);
        contents = bytes;
        return has;
    }
}
