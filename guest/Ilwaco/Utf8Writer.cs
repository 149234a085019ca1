// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>Puts text together in a fixed buffer, in UTF-8. What does not fit is cut off.</summary>
public ref struct Utf8Writer
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Writes into a buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    public Utf8Writer(Span<byte> buffer)
    {
        _buffer = buffer;
        _length = 0;
    }

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.Slice(0, _length);

    /// <summary>Forgets what has been written.</summary>
    public void Clear() => _length = 0;

    /// <summary>Writes text.</summary>
    /// <param name="text">The text, in UTF-8.</param>
    public void Write(scoped ReadOnlySpan<byte> text)
    {
        int room = _buffer.Length - _length;
        int count = text.Length < room ? text.Length : room;
        text.Slice(0, count).CopyTo(_buffer.Slice(_length));
        _length += count;
    }

    /// <summary>Writes a literal; what is not ASCII becomes a question mark.</summary>
    /// <param name="text">The literal.</param>
    public void Write(string? text)
    {
        foreach (char unit in text.AsSpan())
        {
            Write(unit < 0x80 ? (byte)unit : (byte)'?');
        }
    }

    /// <summary>Writes a byte.</summary>
    /// <param name="value">The byte.</param>
    public void Write(byte value) => Write(new ReadOnlySpan<byte>(in value));

    /// <summary>Writes a number in decimal.</summary>
    /// <param name="value">The number.</param>
    public void WriteDecimal(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        int start = digits.Length;
        do
        {
            (value, ulong digit) = Math.DivRem(value, 10);
            digits[--start] = (byte)('0' + digit);
        }
        while (value != 0);
        Write(digits.Slice(start));
    }

    /// <summary>Writes a number in decimal, with a sign if it is negative.</summary>
    /// <param name="value">The number.</param>
    public void WriteDecimal(long value)
    {
        if (value < 0)
        {
            Write((byte)'-');
            WriteDecimal(unchecked(0 - (ulong)value));
            return;
        }

        WriteDecimal((ulong)value);
    }

    /// <summary>Writes a number in decimal, with blanks before it up to a width.</summary>
    /// <param name="value">The number.</param>
    /// <param name="width">The least number of characters; a longer number is written in full.</param>
    public void WriteDecimal(ulong value, int width)
    {
        int digits = 1;
        for (ulong rest = value / 10; rest != 0; rest /= 10)
        {
            digits++;
        }

        for (; digits < width; digits++)
        {
            Write((byte)' ');
        }

        WriteDecimal(value);
    }

    /// <summary>Writes a number in hexadecimal.</summary>
    /// <param name="value">The number.</param>
    /// <param name="width">The least number of digits, 1 to 16: zeros come before it up to that.</param>
    public void WriteHexadecimal(ulong value, int width = 1)
    {
        Span<byte> digits = stackalloc byte[16];
        int start = digits.Length;
        do
        {
            digits[--start] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }
        while (value != 0 || (digits.Length - start < width && start > 0));
        Write(digits.Slice(start));
    }
}
