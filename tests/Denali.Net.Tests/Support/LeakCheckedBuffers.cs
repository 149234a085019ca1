// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Numerics;

namespace Denali.Net.Tests.Support;

/// <summary>An allocator that knows what is out, fills buffers with old bytes, and can be exhausted.</summary>
internal sealed class LeakCheckedBuffers : BufferAllocator
{
    private readonly HashSet<byte[]> _out = [];

    /// <summary>Bytes that are out.</summary>
    public int OutstandingBytes { get; private set; }

    /// <summary>Bytes that may be out.</summary>
    public int LimitBytes { get; set; } = int.MaxValue;

    public override byte[]? Rent(int bytes)
    {
        if (!BitOperations.IsPow2(bytes) || bytes < SmallestBytes || bytes > LargestBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes));
        }

        if (OutstandingBytes + bytes > LimitBytes)
        {
            return null;
        }

        var buffer = new byte[bytes];
        Array.Fill(buffer, (byte)0xA5);
        _out.Add(buffer);
        OutstandingBytes += bytes;
        return buffer;
    }

    public override void Return(byte[] buffer)
    {
        if (!_out.Remove(buffer))
        {
            throw new InvalidOperationException("returned twice, or never rented");
        }

        Array.Fill(buffer, (byte)0x5A);
        OutstandingBytes -= buffer.Length;
    }
}
