// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Denali.Images;

/// <summary>The functions, or the data, that .symtab names (gABI, Symbol Table), sorted by address.</summary>
/// <remarks>
/// The table is not trusted: entries that make no sense are left out, names are made printable, and all work is bounded
/// by <see cref="ImageLimits.SymbolCountMax"/>. Immutable.
/// </remarks>
public sealed class SymbolTable
{
    private readonly Entry[] _entries;
    private readonly ReadOnlyMemory<byte> _strings;

    private SymbolTable(Entry[] entries, ReadOnlyMemory<byte> strings)
    {
        _entries = entries;
        _strings = strings;
    }

    /// <summary>Number of functions with different addresses.</summary>
    public int Count => _entries.Length;

    /// <summary>Guest address of a function.</summary>
    /// <param name="index">From 0 up to, not including, <see cref="Count"/>; ascending addresses.</param>
    /// <returns>Address of its first byte.</returns>
    public ulong AddressAt(int index) => _entries[index].Address;

    /// <summary>Finds the function that contains an address.</summary>
    /// <param name="address">Any guest address.</param>
    /// <param name="match">Name and offset, or the default.</param>
    /// <returns>False if no function contains it. A function whose size is not known reaches to the next one, but not
    /// out of its segment.</returns>
    public bool TryFind(ulong address, out SymbolMatch match)
    {
        int low = 0;
        int high = _entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0 || address >= _entries[low - 1].End)
        {
            match = default;
            return false;
        }

        Entry entry = _entries[low - 1];
        match = new SymbolMatch(
            NameAt(entry.NameOffset), entry.Address, entry.End - entry.Address, address - entry.Address);
        return true;
    }

    /// <summary>Reads the table of an image.</summary>
    /// <param name="image">A checked image.</param>
    /// <param name="isCode">Whether functions are wanted, or data.</param>
    /// <returns>The table; empty if the image has none or it is damaged.</returns>
    internal static SymbolTable Read(DenaliImage image, bool isCode)
    {
        if (!new SectionReader(image.File).TryFindSymbols(
            out ReadOnlyMemory<byte> symbols, out ReadOnlyMemory<byte> strings))
        {
            return new SymbolTable([], default);
        }

        var entries = new List<Entry>();
        int count = Math.Min(symbols.Length / Elf.SymbolBytes, ImageLimits.SymbolCountMax);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> symbol = symbols.Span.Slice(index * Elf.SymbolBytes, Elf.SymbolBytes);
            if (TryReadEntry(symbol, image.Segments, strings.Span, isCode, out Entry entry))
            {
                entries.Add(entry);
            }
        }

        entries.Sort(Compare);
        return new SymbolTable(Thin(entries), strings);
    }

    private static bool TryReadEntry(
        ReadOnlySpan<byte> symbol,
        ImmutableArray<ImageSegment> segments,
        ReadOnlySpan<byte> strings,
        bool isCode,
        out Entry entry)
    {
        uint name = BinaryPrimitives.ReadUInt32LittleEndian(symbol);
        int type = symbol[4] & 0xF;
        int binding = symbol[4] >> 4;
        ushort section = BinaryPrimitives.ReadUInt16LittleEndian(symbol[6..]);
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(symbol[8..]);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(symbol[16..]);
        entry = default;
        int wanted = isCode ? Elf.SymbolFunction : Elf.SymbolObject;
        if ((type != wanted && type != Elf.SymbolNoType) || name == 0 || name >= strings.Length ||
            section is Elf.SectionIndexUndefined or >= Elf.SectionIndexReserved)
        {
            return false;
        }

        foreach (ImageSegment segment in segments)
        {
            if (segment.IsExecutable == isCode && segment.Contains(address))
            {
                // A size that is unknown or runs out of the segment ends with the segment.
                ulong room = segment.End - address;
                ulong bytes = size == 0 || size > room ? room : size;
                bool isFunction = type == wanted;
                entry = new Entry(
                    address, address + bytes, (int)name, RawName(strings, (int)name).Length, size != 0, isFunction,
                    binding == Elf.BindingGlobal);
                return true;
            }
        }

        return false;
    }

    /// <summary>By address; at one address the best name comes first: a function before a label, a longer name before
    /// a shorter one (the compiler's name of a method says more than its export alias).</summary>
    private static int Compare(Entry left, Entry right)
    {
        int order = left.Address.CompareTo(right.Address);
        order = order != 0 ? order : right.IsFunction.CompareTo(left.IsFunction);
        order = order != 0 ? order : right.HasSize.CompareTo(left.HasSize);
        order = order != 0 ? order : right.NameLength.CompareTo(left.NameLength);
        order = order != 0 ? order : right.IsGlobal.CompareTo(left.IsGlobal);
        return order != 0 ? order : left.NameOffset.CompareTo(right.NameOffset);
    }

    /// <summary>Leaves out aliases and labels inside functions, and ends every function where the next one begins.
    /// </summary>
    private static Entry[] Thin(List<Entry> sorted)
    {
        var kept = new List<Entry>(sorted.Count);
        foreach (Entry entry in sorted)
        {
            if (kept.Count > 0)
            {
                Entry last = kept[^1];
                bool isLabelInside = !entry.IsFunction && last.IsFunction && last.HasSize && entry.Address < last.End;
                if (entry.Address == last.Address || isLabelInside)
                {
                    continue;
                }

                kept[^1] = last with { End = Math.Min(last.End, entry.Address) };
            }

            kept.Add(entry);
        }

        return [.. kept];
    }

    private static ReadOnlySpan<byte> RawName(ReadOnlySpan<byte> strings, int offset)
    {
        ReadOnlySpan<byte> name = strings[offset..];
        name = name[..Math.Min(name.Length, ImageLimits.SymbolNameMaxLength)];
        int end = name.IndexOf((byte)0);
        return end < 0 ? name : name[..end];
    }

    private string NameAt(int offset)
    {
        ReadOnlySpan<byte> raw = RawName(_strings.Span, offset);
        return string.Create(raw.Length, raw, static (text, bytes) =>
        {
            for (int index = 0; index < text.Length; index++)
            {
                text[index] = bytes[index] is > 0x20 and < 0x7F ? (char)bytes[index] : '?';
            }
        });
    }

    private readonly record struct Entry(
        ulong Address, ulong End, int NameOffset, int NameLength, bool HasSize, bool IsFunction, bool IsGlobal);
}
