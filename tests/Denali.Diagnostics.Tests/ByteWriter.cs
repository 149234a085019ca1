// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Denali.Diagnostics.Tests;

/// <summary>Writes little-endian fields and LEB128 numbers, for debug sections made by hand.</summary>
public sealed class ByteWriter
{
    private readonly List<byte> _bytes = [];

    public int Count => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public ByteWriter U8(params byte[] values)
    {
        _bytes.AddRange(values);
        return this;
    }

    public ByteWriter U16(ushort value) => U8(BitConverter.GetBytes(value));

    public ByteWriter U32(uint value) => U8(BitConverter.GetBytes(value));

    public ByteWriter U64(ulong value) => U8(BitConverter.GetBytes(value));

    public ByteWriter Text(string text) => U8([.. Encoding.UTF8.GetBytes(text), 0]);

    public ByteWriter Uleb(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.Add((byte)value);
        return this;
    }

    public ByteWriter Sleb(long value)
    {
        while (value is < -64 or > 63)
        {
            _bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.Add((byte)(value & 0x7F));
        return this;
    }

    /// <summary>Adds a part behind its length.</summary>
    public ByteWriter Sized(ByteWriter part) => U32((uint)part.Count).U8(part.ToArray());
}
