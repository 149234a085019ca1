// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>
/// Finds the object that an address in a guest's heap belongs to: the nearest one before it that is long enough.
/// </summary>
/// <remarks>
/// An object begins with the address of its type, which has a symbol; the type tells its size, and of an array the size
/// of an element. What looks like an object may be the rest of a freed one: this is a guess, for people.
/// </remarks>
internal sealed class ObjectFinder(DenaliImage image, MemoryLayout layout, PageSource pages)
{
    private const int WordBytes = sizeof(ulong);

    // Farther back no object is looked for: 256 KiB, more than any array of a guest that is told apart here.
    private const int WordsBackMax = 32_768;

    private const string TypePrefix = "_ZTV";

    // First word of a type: flags, of which the low half is the size of an element if the highest bit is set.
    private const uint HasElements = 0x8000_0000;
    private const uint ElementBytesMask = 0xFFFF;

    /// <summary>Finds an object.</summary>
    /// <param name="address">An address in the heap.</param>
    /// <param name="name">Name of its type, and of an array its length.</param>
    /// <returns>False if none is found.</returns>
    internal bool TryFind(ulong address, out string name)
    {
        ulong start = address & ~(ulong)(WordBytes - 1);
        for (int back = 0; back < WordsBackMax && start >= layout.HeapBase; back++, start -= WordBytes)
        {
            if (TryReadType(Word(start), out string type, out uint flags, out uint baseBytes))
            {
                ulong count = (flags & HasElements) != 0 ? (uint)Word(start + WordBytes) : 0;
                ulong bytes = baseBytes + (count * (flags & ElementBytesMask));
                if (address < start + bytes)
                {
                    name = count == 0 ? type : $"{type}[{count}]";
                    return true;
                }
            }
        }

        name = string.Empty;
        return false;
    }

    // Behind the length of the name.
    private static string TypeName(string symbol) =>
        SymbolName.Readable(symbol.AsSpan(TypePrefix.Length).TrimStart("0123456789").ToString());

    private bool TryReadType(ulong word, out string name, out uint flags, out uint baseBytes)
    {
        name = string.Empty;
        flags = 0;
        baseBytes = 0;
        if (word % WordBytes != 0
            || !image.TryFindSegment(word, out ImageSegment segment)
            || !image.DataSymbols.TryFind(word, out SymbolMatch match)
            || match.Offset != 0
            || !match.Name.StartsWith(TypePrefix, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = image.BytesOf(segment).Span;
        ulong offset = word - segment.Address;
        if (offset + WordBytes > (ulong)bytes.Length)
        {
            return false;
        }

        name = TypeName(match.Name);
        flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)offset..]);
        baseBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((int)offset + sizeof(uint))..]);
        return true;
    }

    private ulong Word(ulong address) =>
        address < layout.MemoryBytes
        && pages((uint)(address / AddressMap.PageBytes), out ReadOnlySpan<byte> page)
            ? BinaryPrimitives.ReadUInt64LittleEndian(page[(int)(address % AddressMap.PageBytes)..])
            : 0;
}
