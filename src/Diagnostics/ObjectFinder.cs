// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>
/// Finds the object that an address in a guest's heap belongs to: the nearest one before it that is long enough.
/// </summary>
/// <remarks>
/// An object begins with the address of its type, which has a symbol; the type tells its size, and of an array the size
/// of an element. What looks like an object may be the rest of a freed one: this is a guess, for people. Ascending
/// addresses cost one look at each word of the heap, whatever the guest has put there.
/// </remarks>
internal sealed class ObjectFinder(DenaliImage image, MemoryLayout layout, PageSource pages)
{
    private const int WordBytes = sizeof(ulong);

    // Farther back no object is looked for: 256 KiB, more than any array of a guest that is told apart here.
    private const ulong BackMaxBytes = 256 << 10;

    // Objects do not lie in objects; what looks so is the rest of freed ones, and not many on top of each other.
    private const int OpenMax = 64;

    private const string TypePrefix = "_ZTV";

    // First word of a type: flags, of which the low half is the size of an element if the highest bit is set.
    private const uint HasElements = 0x8000_0000;
    private const uint ElementBytesMask = 0xFFFF;

    // The types by the words that name them; null for one that names none.
    private readonly Dictionary<ulong, ObjectType?> _types = [];

    // Objects that reach beyond the words that were looked at, by their starts; their ends descend.
    private readonly List<HeapObject> _open = [];
    private ulong _next;

    /// <summary>Finds an object.</summary>
    /// <param name="address">An address in the heap.</param>
    /// <param name="name">Name of its type, and of an array its length.</param>
    /// <returns>False if none is found.</returns>
    internal bool TryFind(ulong address, out string name)
    {
        ulong word = address & ~(ulong)(WordBytes - 1);
        ulong oldest = Math.Max(layout.HeapBase, word - Math.Min(word, BackMaxBytes));
        if (_next > word + WordBytes || _next < oldest)
        {
            _open.Clear();
            _next = oldest;
        }

        for (; _next <= word; _next += WordBytes)
        {
            Look(_next);
        }

        _ = _open.RemoveAll(item => item.End <= address);
        bool isFound = _open.Count > 0 && _open[^1].Start >= oldest;
        name = isFound ? _open[^1].Name : string.Empty;
        return isFound;
    }

    private void Look(ulong start)
    {
        if (TypeAt(Word(start)) is not { } type)
        {
            return;
        }

        ulong count = type.ElementBytes > 0 ? (uint)Word(start + WordBytes) : 0;
        ulong end = start + type.BaseBytes + (count * type.ElementBytes);

        // Those that end before it are nobody's nearest any more.
        while (_open.Count > 0 && _open[^1].End <= end)
        {
            _open.RemoveAt(_open.Count - 1);
        }

        if (_open.Count == OpenMax)
        {
            _open.RemoveAt(0);
        }

        _open.Add(new HeapObject(start, end, type, count));
    }

    private ObjectType? TypeAt(ulong word)
    {
        if (word % WordBytes != 0 || !image.TryFindSegment(word, out ImageSegment segment))
        {
            return null;
        }

        if (!_types.TryGetValue(word, out ObjectType? type))
        {
            type = ReadType(word, segment);
            _types.Add(word, type);
        }

        return type;
    }

    private ObjectType? ReadType(ulong word, ImageSegment segment)
    {
        ReadOnlySpan<byte> bytes = image.BytesOf(segment).Span;
        ulong offset = word - segment.Address;
        if (offset + WordBytes > (ulong)bytes.Length
            || !image.DataSymbols.TryFind(word, out SymbolMatch match)
            || match.Offset != 0
            || !match.Name.StartsWith(TypePrefix, StringComparison.Ordinal))
        {
            return null;
        }

        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)offset..]);
        uint baseBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((int)offset + sizeof(uint))..]);
        uint elementBytes = (flags & HasElements) != 0 ? flags & ElementBytesMask : 0;
        return new ObjectType(TypeName(match.Name), baseBytes, elementBytes);
    }

    // Behind the length of the name.
    private static string TypeName(string symbol) =>
        SymbolName.Readable(symbol.AsSpan(TypePrefix.Length).TrimStart("0123456789").ToString());

    private ulong Word(ulong address) =>
        address < layout.MemoryBytes
        && pages((uint)(address / AddressMap.PageBytes), out ReadOnlySpan<byte> page)
            ? BinaryPrimitives.ReadUInt64LittleEndian(page[(int)(address % AddressMap.PageBytes)..])
            : 0;

    private sealed record ObjectType(string Name, uint BaseBytes, uint ElementBytes);

    private readonly record struct HeapObject(ulong Start, ulong End, ObjectType Type, ulong Count)
    {
        internal string Name => Count == 0 ? Type.Name : $"{Type.Name}[{Count}]";
    }
}
