// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>In what a page of one memory base differs from the same page of another.</summary>
/// <param name="Page">Its number, counted from address 0.</param>
/// <param name="ByteCount">Bytes that differ.</param>
/// <param name="Ranges">Where they are: ascending; words of 8 bytes with a difference, joined to those beside
/// them.</param>
public sealed record PageChange(uint Page, int ByteCount, IReadOnlyList<(int Offset, int Length)> Ranges)
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>Finds the pages in which two bases differ.</summary>
    /// <param name="from">The one.</param>
    /// <param name="to">The other, of the same memory size.</param>
    /// <returns>The pages, ascending.</returns>
    public static IReadOnlyList<PageChange> Find(IMemoryBase from, IMemoryBase to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ReadOnlySpan<byte> zeros = new byte[AddressMap.PageBytes];
        var changes = new List<PageChange>();
        for (uint page = 0; ; page++)
        {
            uint before = page;
            uint after = page;
            bool hasBefore = from.TryGetNextPage(ref before, out ReadOnlySpan<byte> old);
            bool hasAfter = to.TryGetNextPage(ref after, out ReadOnlySpan<byte> now);
            if (!hasBefore && !hasAfter)
            {
                return changes;
            }

            page = Math.Min(hasBefore ? before : uint.MaxValue, hasAfter ? after : uint.MaxValue);
            old = hasBefore && before == page ? old : zeros;
            now = hasAfter && after == page ? now : zeros;
            if (!old.SequenceEqual(now))
            {
                changes.Add(Compare(page, old, now));
            }
        }
    }

    private static PageChange Compare(uint page, ReadOnlySpan<byte> old, ReadOnlySpan<byte> now)
    {
        int count = 0;
        var ranges = new List<(int Offset, int Length)>();
        for (int at = 0; at < old.Length; at += WordBytes)
        {
            int differing = 0;
            for (int i = at; i < at + WordBytes; i++)
            {
                differing += old[i] != now[i] ? 1 : 0;
            }

            count += differing;
            if (differing == 0)
            {
                continue;
            }

            bool isNext = ranges.Count > 0 && ranges[^1].Offset + ranges[^1].Length == at;
            if (isNext)
            {
                ranges[^1] = (ranges[^1].Offset, ranges[^1].Length + WordBytes);
            }
            else
            {
                ranges.Add((at, WordBytes));
            }
        }

        return new PageChange(page, count, ranges);
    }
}
