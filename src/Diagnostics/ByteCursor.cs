// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Diagnostics;

/// <summary>Reads forward through untrusted bytes. A read past the end gives zero, sets <see cref="IsBroken"/> and
/// leaves the cursor at the end, so that every loop over a cursor ends.</summary>
internal ref struct ByteCursor
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Starts at the first byte.</summary>
    /// <param name="bytes">The bytes to read.</param>
    public ByteCursor(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Offset of the next byte.</summary>
    public int Position { get; private set; }

    /// <summary>Whether a read went past the end or met a number that does not fit.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes that are left.</summary>
    public readonly int Left => _bytes.Length - Position;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>Reads one byte.</summary>
    /// <returns>The byte, or 0.</returns>
    public byte U8() => Left > 0 ? _bytes[Position++] : (byte)Break();

    /// <summary>Reads two bytes.</summary>
    /// <returns>The number, or 0.</returns>
    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    /// <summary>Reads four bytes.</summary>
    /// <returns>The number, or 0.</returns>
    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>Reads eight bytes.</summary>
    /// <returns>The number, or 0.</returns>
    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>Reads an unsigned LEB128 number (DWARF 5, section 7.6).</summary>
    /// <returns>The number; bits above the 64th are lost.</returns>
    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = U8();
            value |= shift < 64 ? (ulong)(part & 0x7F) << shift : 0;
            if ((part & 0x80) == 0)
            {
                return value;
            }
        }
    }

    /// <summary>Reads a signed LEB128 number (DWARF 5, section 7.6).</summary>
    /// <returns>The number; bits above the 64th are lost.</returns>
    public long Signed()
    {
        ulong value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = U8();
            value |= shift < 64 ? (ulong)(part & 0x7F) << shift : 0;
            shift += 7;
        }
        while ((part & 0x80) != 0);
        bool isNegative = (part & 0x40) != 0 && shift < 64;
        return (long)(isNegative ? value | (ulong.MaxValue << shift) : value);
    }

    /// <summary>Reads bytes up to a NUL, which is skipped.</summary>
    /// <param name="offset">Offset of the first byte.</param>
    /// <param name="length">Number of bytes without the NUL.</param>
    public void Text(out int offset, out int length)
    {
        offset = Position;
        length = _bytes[Position..].IndexOf((byte)0);
        if (length < 0)
        {
            length = 0;
            Break();
            return;
        }

        Position += length + 1;
    }

    /// <summary>Goes forward.</summary>
    /// <param name="count">Number of bytes; more than are left breaks the cursor.</param>
    public void Skip(ulong count)
    {
        if (count > (ulong)Left)
        {
            Break();
            return;
        }

        Position += (int)count;
    }

    /// <summary>Takes the next bytes out as a cursor of their own, and goes behind them.</summary>
    /// <param name="count">Number of bytes; more than are left breaks the cursor.</param>
    /// <returns>A cursor over the bytes, or over nothing.</returns>
    public ByteCursor Part(ulong count)
    {
        int start = Position;
        Skip(count);
        return IsBroken ? new ByteCursor([]) : new ByteCursor(_bytes.Slice(start, (int)count));
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Left < count)
        {
            Break();
            return "\0\0\0\0\0\0\0\0"u8;
        }

        ReadOnlySpan<byte> bytes = _bytes.Slice(Position, count);
        Position += count;
        return bytes;
    }

    private int Break()
    {
        Position = _bytes.Length;
        IsBroken = true;
        return 0;
    }
}
