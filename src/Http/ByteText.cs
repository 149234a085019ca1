// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>What the grammar of HTTP is made of (RFC 9110 section 5.6).</summary>
internal static class ByteText
{
    // tchar of RFC 9110 section 5.6.2 for bytes 0 to 63 and 64 to 127.
    private const ulong TokenLow = 0x03FF_6CFA_0000_0000;
    private const ulong TokenHigh = 0x57FF_FFFF_C7FF_FFFE;

    /// <summary>Whether a byte may be part of a token.</summary>
    internal static bool IsToken(byte value) =>
        value < 128 && (((value < 64 ? TokenLow : TokenHigh) >> (value & 63)) & 1) != 0;

    /// <summary>Whether text is a token: not empty, and nothing else in it.</summary>
    internal static bool IsToken(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            if (!IsToken(value))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>Whether text equals another without regard to the case of ASCII letters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lower">The other, in lower case.</param>
    internal static bool EqualsIgnoringCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length != lower.Length)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (ToLower(text[i]) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A letter of ASCII in lower case; anything else as it is.</summary>
    internal static byte ToLower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    /// <summary>Without the spaces and tabs at both ends (OWS of RFC 9110 section 5.6.3).</summary>
    internal static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && text[start] is (byte)' ' or (byte)'\t')
        {
            start++;
        }

        while (end > start && text[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>Takes the next element off a comma-separated list (RFC 9110 section 5.6.1).</summary>
    /// <param name="list">The list; what is left of it.</param>
    /// <param name="element">The element without spaces around it; it may be empty.</param>
    /// <returns>False if there is no more.</returns>
    internal static bool TryTakeElement(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        if (list.IsEmpty)
        {
            element = default;
            return false;
        }

        int comma = list.IndexOf((byte)',');
        element = Trim(comma < 0 ? list : list[..comma]);
        list = comma < 0 ? default : list[(comma + 1)..];
        return true;
    }

    /// <summary>Reads a number that is nothing but decimal digits.</summary>
    /// <returns>False for anything else, and for what is 2^63 or more.</returns>
    internal static bool TryParseDecimal(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9' || value > (long.MaxValue - 9) / 10)
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return !text.IsEmpty;
    }

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    internal static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
