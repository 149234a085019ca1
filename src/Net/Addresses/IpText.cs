// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Addresses as text: dotted decimals, and the form of RFC 4291 section 2.2 as RFC 5952 wants it.</summary>
public static class IpText
{
    /// <summary>Longest text of an address in bytes.</summary>
    public const int LongestBytes = 45;

    /// <summary>Reads an address. No zone, no port, no shortened IPv4 forms.</summary>
    /// <param name="text">ASCII.</param>
    /// <param name="address">The address.</param>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        if (text.Length > LongestBytes)
        {
            return false;
        }

        if (text.IndexOf((byte)':') >= 0)
        {
            return TryParseIpv6(text, out address);
        }

        bool isGood = TryParseIpv4(text, out uint value);
        address = IpAddress.FromIpv4(value);
        return isGood;
    }

    /// <summary>Writes an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="text">At least <see cref="LongestBytes"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Format(IpAddress address, Span<byte> text)
    {
        if (address.IsIpv4)
        {
            return FormatIpv4(address.Ipv4Value, text);
        }

        FindZeros(address, out int zeroStart, out int zeroCount);
        int length = 0;
        for (int i = 0; i < 8; i++)
        {
            if (i == zeroStart)
            {
                text[length++] = (byte)':';
                i += zeroCount - 1;
                if (i == 7)
                {
                    text[length++] = (byte)':';
                }

                continue;
            }

            if (i != 0)
            {
                text[length++] = (byte)':';
            }

            length += FormatHex(GroupOf(address, i), text[length..]);
        }

        return length;
    }

    private static bool TryParseIpv4(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        for (int part = 0; part < 4; part++)
        {
            int digits = 0;
            uint number = 0;
            while (digits < text.Length && text[digits] is >= (byte)'0' and <= (byte)'9' && digits < 4)
            {
                number = (number * 10) + text[digits] - '0';
                digits++;
            }

            // A leading zero might mean octal to somebody else.
            bool isLast = part == 3;
            if (digits == 0
                || number > 255
                || (digits > 1 && text[0] == (byte)'0')
                || (isLast ? digits != text.Length : digits >= text.Length || text[digits] != (byte)'.'))
            {
                return false;
            }

            value = (value << 8) | number;
            text = isLast ? text[digits..] : text[(digits + 1)..];
        }

        return true;
    }

    private static bool TryParseIpv6(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        int count = 0;
        int gap = -1;
        if (text.Length >= 2 && text[0] == (byte)':' && text[1] == (byte)':')
        {
            gap = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            if (count == 8)
            {
                return false;
            }

            int end = text.IndexOf((byte)':');
            ReadOnlySpan<byte> part = end < 0 ? text : text[..end];
            if (end < 0 && part.IndexOf((byte)'.') >= 0)
            {
                if (count > 6 || !TryParseIpv4(part, out uint ipv4))
                {
                    return false;
                }

                groups[count++] = (ushort)(ipv4 >> 16);
                groups[count++] = (ushort)ipv4;
                break;
            }

            if (!TryParseHex(part, out groups[count]))
            {
                return false;
            }

            count++;
            if (end < 0)
            {
                break;
            }

            text = text[(end + 1)..];
            if (text.IsEmpty)
            {
                return false;
            }

            if (text[0] == (byte)':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                text = text[1..];
            }
        }

        if (gap < 0 ? count != 8 : count > 7)
        {
            return false;
        }

        address = Assemble(groups, count, gap);
        return true;
    }

    private static IpAddress Assemble(ReadOnlySpan<ushort> groups, int count, int gap)
    {
        ulong high = 0;
        ulong low = 0;
        int skipped = gap < 0 ? 0 : 8 - count;
        for (int i = 0; i < 8; i++)
        {
            bool isGap = gap >= 0 && i >= gap && i < gap + skipped;
            ulong group = isGap ? 0UL : groups[gap >= 0 && i >= gap + skipped ? i - skipped : i];
            high = i < 4 ? (high << 16) | group : high;
            low = i < 4 ? low : (low << 16) | group;
        }

        return new IpAddress(high, low);
    }

    private static bool TryParseHex(ReadOnlySpan<byte> text, out ushort value)
    {
        uint number = 0;
        value = 0;
        if (text.Length is 0 or > 4)
        {
            return false;
        }

        foreach (byte letter in text)
        {
            int digit = letter switch
            {
                >= (byte)'0' and <= (byte)'9' => letter - '0',
                >= (byte)'a' and <= (byte)'f' => letter - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => letter - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return false;
            }

            number = (number << 4) | (uint)digit;
        }

        value = (ushort)number;
        return true;
    }

    private static int FormatIpv4(uint value, Span<byte> text)
    {
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            uint part = (value >> shift) & 0xFF;
            if (part >= 100)
            {
                text[length++] = (byte)('0' + (part / 100));
            }

            if (part >= 10)
            {
                text[length++] = (byte)('0' + (part / 10 % 10));
            }

            text[length++] = (byte)('0' + (part % 10));
            if (shift != 0)
            {
                text[length++] = (byte)'.';
            }
        }

        return length;
    }

    private static int FormatHex(ushort value, Span<byte> text)
    {
        int length = 0;
        for (int shift = 12; shift >= 0; shift -= 4)
        {
            int digit = (value >> shift) & 0xF;
            if (digit != 0 || length != 0 || shift == 0)
            {
                text[length++] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
            }
        }

        return length;
    }

    /// <summary>The first of the longest runs of at least two zero groups (RFC 5952 section 4.2).</summary>
    private static void FindZeros(IpAddress address, out int start, out int count)
    {
        start = -1;
        count = 1;
        int run = 0;
        for (int i = 0; i < 8; i++)
        {
            run = GroupOf(address, i) == 0 ? run + 1 : 0;
            if (run > count)
            {
                start = i - run + 1;
                count = run;
            }
        }
    }

    private static ushort GroupOf(IpAddress address, int index) =>
        (ushort)((index < 4 ? address.High : address.Low) >> (48 - (index % 4 * 16)));
}
