// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;

namespace Denali.Http;

/// <summary>The ranges of a request (RFC 9110 section 14.1.2).</summary>
public struct RangeList
{
    private Slots _ranges;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>One of them, as asked for: they may overlap, and have any order.</summary>
    /// <param name="index">Which.</param>
    public readonly ByteRange this[int index] => _ranges[index];

    /// <summary>Bytes of all of them together.</summary>
    public readonly long TotalBytes
    {
        get
        {
            long total = 0;
            for (int i = 0; i < Count; i++)
            {
                total += _ranges[i].LengthBytes;
            }

            return total;
        }
    }

    /// <summary>A whole file as one range; none if it is empty.</summary>
    /// <param name="sizeBytes">Bytes of the file.</param>
    /// <returns>The range.</returns>
    public static RangeList Whole(long sizeBytes)
    {
        RangeList ranges = default;
        if (sizeBytes > 0)
        {
            ranges._ranges[0] = new ByteRange(0, sizeBytes - 1);
            ranges.Count = 1;
        }

        return ranges;
    }

    /// <summary>Reads the field Range.</summary>
    /// <param name="field">Its value.</param>
    /// <param name="sizeBytes">Bytes of the file.</param>
    /// <param name="ranges">Those that lie in the file, cut at its end.</param>
    /// <returns>
    /// OK if the whole is to be sent: the field is malformed or has another unit, or asks for more ranges or more bytes
    /// than is sensible. Partial content if there are ranges. Range not satisfiable if none lies in the file.
    /// </returns>
    public static HttpStatus Parse(ReadOnlySpan<byte> field, long sizeBytes, out RangeList ranges)
    {
        ranges = default;
        int equals = field.IndexOf((byte)'=');
        if (equals < 0 || !ByteText.EqualsIgnoringCase(field[..equals], "bytes"u8))
        {
            return HttpStatus.Ok;
        }

        ReadOnlySpan<byte> list = field[(equals + 1)..];
        int asked = 0;
        while (ByteText.TryTakeElement(ref list, out ReadOnlySpan<byte> element))
        {
            if (element.IsEmpty)
            {
                continue; // RFC 9110 section 5.6.1.2.
            }

            if (!TryParseOne(element, sizeBytes, out long first, out long last)
                || ++asked > HttpLimits.RangeCountMax)
            {
                return HttpStatus.Ok;
            }

            if (first <= last)
            {
                ranges._ranges[ranges.Count++] = new ByteRange(first, last);
            }
        }

        // More than the file itself: overlapping ranges are an attack (RFC 9110 section 17.15).
        return asked == 0 || ranges.TotalBytes > sizeBytes ? HttpStatus.Ok
            : ranges.Count == 0 ? HttpStatus.RangeNotSatisfiable
            : HttpStatus.PartialContent;
    }

    /// <summary>Reads one range; that of one outside of the file ends before it begins.</summary>
    private static bool TryParseOne(ReadOnlySpan<byte> text, long sizeBytes, out long first, out long last)
    {
        first = 0;
        last = -1;
        int dash = text.IndexOf((byte)'-');
        if (dash < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> end = text[(dash + 1)..];
        if (dash == 0)
        {
            if (!ByteText.TryParseDecimal(end, out long suffix))
            {
                return false;
            }

            first = Math.Max(sizeBytes - suffix, 0);
            last = suffix == 0 ? -1 : sizeBytes - 1;
            return true;
        }

        if (!ByteText.TryParseDecimal(text[..dash], out first))
        {
            return false;
        }

        if (end.IsEmpty)
        {
            last = sizeBytes - 1;
            return true;
        }

        bool isGood = ByteText.TryParseDecimal(end, out last) && first <= last;
        last = Math.Min(last, sizeBytes - 1);
        return isGood;
    }

    [InlineArray(HttpLimits.RangeCountMax)]
    private struct Slots
    {
        private ByteRange _first;
    }
}
