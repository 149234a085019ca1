// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>In what a page of a VM differs from what it was when the VM was made.</summary>
/// <param name="Page">Its number, counted from address 0.</param>
/// <param name="ByteCount">Bytes that differ.</param>
/// <param name="Ranges">Where they are: ascending; words of 8 bytes with a difference, joined to those beside
/// them.</param>
public sealed record PageChange(uint Page, int ByteCount, IReadOnlyList<(int Offset, int Length)> Ranges)
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>Compares a page with another.</summary>
    /// <param name="page">Its number, counted from address 0.</param>
    /// <param name="old">The one, <see cref="AddressMap.PageBytes"/> long.</param>
    /// <param name="now">The other, as long.</param>
    /// <returns>Where they differ.</returns>
    public static PageChange Find(uint page, ReadOnlySpan<byte> old, ReadOnlySpan<byte> now)
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
