// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>
/// Domain names in wire form: labels, each after its length, and a zero (RFC 1035 section 3.1), in lower case, so that
/// comparing names is comparing bytes.
/// </summary>
public static class DnsName
{
    /// <summary>Longest name (RFC 1035 section 2.3.4).</summary>
    public const int LongestBytes = 255;

    /// <summary>Longest label (RFC 1035 section 2.3.4).</summary>
    public const int LongestLabelBytes = 63;

    /// <summary>Most pointers in a name: one for each of as many labels as fit into a name.</summary>
    private const int MaximumPointers = LongestBytes / 2;

    /// <summary>Makes a name of text.</summary>
    /// <param name="text">Labels with dots between them, and perhaps one behind. ASCII; nothing is escaped.</param>
    /// <param name="name">At least <see cref="LongestBytes"/>.</param>
    /// <param name="length">Bytes of the name.</param>
    /// <returns>False if it is no name.</returns>
    public static bool TryEncode(ReadOnlySpan<byte> text, Span<byte> name, out int length)
    {
        length = 0;
        if (!text.IsEmpty && text[^1] == '.')
        {
            text = text[..^1];
        }

        while (!text.IsEmpty)
        {
            int dot = text.IndexOf((byte)'.');
            ReadOnlySpan<byte> label = dot < 0 ? text : text[..dot];

            // A dot with nothing behind it is the end of an empty label.
            bool isLast = dot < 0;
            if (label.IsEmpty
                || label.Length > LongestLabelBytes
                || length + label.Length + 2 > LongestBytes
                || (!isLast && dot + 1 == text.Length)
                || !TryAppend(label, name, ref length))
            {
                return false;
            }

            text = isLast ? default : text[(dot + 1)..];
        }

        name[length++] = 0;
        return length > 1;
    }

    /// <summary>Reads a name from a message and follows its pointers (RFC 1035 section 4.1.4).</summary>
    /// <param name="message">The message.</param>
    /// <param name="offset">Where the name begins.</param>
    /// <param name="name">At least <see cref="LongestBytes"/>.</param>
    /// <param name="length">Bytes of the name.</param>
    /// <param name="next">Where the message goes on.</param>
    /// <returns>False if the name is malformed, too long, or a pointer does not point backwards.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, int offset, Span<byte> name, out int length, out int next)
    {
        length = 0;
        next = -1;
        int position = offset;
        int limit = offset;
        int pointers = 0;
        while ((uint)position < (uint)message.Length)
        {
            byte first = message[position];
            if (first <= LongestLabelBytes)
            {
                int end = position + 1 + first;
                if (end > message.Length || length + 1 + first > LongestBytes)
                {
                    return false;
                }

                CopyLower(message[position..end], name[length..]);
                length += 1 + first;
                position = end;
                if (first == 0)
                {
                    next = next < 0 ? position : next;
                    return true;
                }

                continue;
            }

            // Each pointer points before what it was reached by, so none is followed twice.
            if (first < 0xC0 || position + 1 >= message.Length || ++pointers > MaximumPointers)
            {
                return false;
            }

            next = next < 0 ? position + 2 : next;
            position = ((first & 0x3F) << 8) | message[position + 1];
            if (position >= limit)
            {
                return false;
            }

            limit = position;
        }

        return false;
    }

    /// <summary>Labels of a name.</summary>
    /// <param name="name">A name.</param>
    /// <returns>How many, without the root.</returns>
    public static int CountLabels(ReadOnlySpan<byte> name)
    {
        int count = 0;
        for (int position = 0; position < name.Length && name[position] != 0; position += 1 + name[position])
        {
            count++;
        }

        return count;
    }

    private static bool TryAppend(ReadOnlySpan<byte> label, Span<byte> name, ref int length)
    {
        foreach (byte value in label)
        {
            if (value is <= 0x20 or >= 0x7F)
            {
                return false;
            }
        }

        name[length] = (byte)label.Length;
        CopyLower(label, name[(length + 1)..]);
        length += 1 + label.Length;
        return true;
    }

    /// <summary>A length is below 'A', so it stays what it is.</summary>
    private static void CopyLower(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int index = 0; index < from.Length; index++)
        {
            byte value = from[index];
            to[index] = value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
        }
    }
}
