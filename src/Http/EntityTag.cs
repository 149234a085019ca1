// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Entity tags (RFC 9110 section 8.8.3). A file's is made of its modification time and its size.</summary>
public static class EntityTag
{
    /// <summary>Most bytes of a tag with its quotes.</summary>
    public const int LengthBytesMax = 35;

    /// <summary>Writes a file's tag: a strong one, with quotes.</summary>
    /// <param name="modifiedUnixSeconds">When it was modified.</param>
    /// <param name="sizeBytes">Its size.</param>
    /// <param name="text">Where it goes: <see cref="LengthBytesMax"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(long modifiedUnixSeconds, long sizeBytes, Span<byte> text)
    {
        int length = 0;
        text[length++] = (byte)'"';
        length += WriteHex((ulong)modifiedUnixSeconds, text[length..]);
        text[length++] = (byte)'-';
        length += WriteHex((ulong)sizeBytes, text[length..]);
        text[length++] = (byte)'"';
        return length;
    }

    /// <summary>Whether a list of tags has one: If-Match and If-None-Match.</summary>
    /// <param name="list">The field's value: "*" or tags with commas between them.</param>
    /// <param name="tag">The tag of the file, a strong one.</param>
    /// <param name="isStrong">Whether weak tags of the list do not count (RFC 9110 section 8.8.3.2).</param>
    /// <returns>Whether it is there. What is malformed matches nothing.</returns>
    public static bool IsInList(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag, bool isStrong)
    {
        list = ByteText.Trim(list);
        if (list.SequenceEqual("*"u8))
        {
            return true;
        }

        while (TryTakeTag(ref list, out ReadOnlySpan<byte> opaque, out bool isWeak))
        {
            if (opaque.SequenceEqual(tag) && !(isWeak && isStrong))
            {
                return true;
            }
        }

        return false;
    }

    // A tag may have commas in it, so lists are not cut at commas.
    private static bool TryTakeTag(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> opaque, out bool isWeak)
    {
        opaque = default;
        isWeak = false;
        while (!list.IsEmpty && list[0] is (byte)',' or (byte)' ' or (byte)'\t')
        {
            list = list[1..];
        }

        if (list.StartsWith("W/"u8))
        {
            isWeak = true;
            list = list[2..];
        }

        int end = list.Length < 2 || list[0] != (byte)'"' ? -1 : list[1..].IndexOf((byte)'"');
        if (end < 0)
        {
            return false;
        }

        opaque = list[..(end + 2)];
        list = list[(end + 2)..];
        return true;
    }

    private static int WriteHex(ulong value, Span<byte> text)
    {
        int digits = 1;
        while (digits < 16 && value >> (digits * 4) != 0)
        {
            digits++;
        }

        for (int i = 0; i < digits; i++)
        {
            text[i] = "0123456789abcdef"u8[(int)(value >> ((digits - 1 - i) * 4)) & 15];
        }

        return digits;
    }
}
