// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Numerics;

namespace Denali.Net.Tests.Tcp;

/// <summary>Buffers that are counted, filled with rubbish, and may run out.</summary>
internal sealed class TestBuffers : BufferAllocator
{
    private readonly Stack<byte[]>[] _free = new Stack<byte[]>[32];
    private readonly HashSet<byte[]> _rented = [];

    public TestBuffers()
    {
        for (int i = 0; i < _free.Length; i++)
        {
            _free[i] = new Stack<byte[]>();
        }
    }

    public long RentedBytes { get; private set; }

    public long LimitBytes { get; set; } = long.MaxValue;

    public bool Scribbles { get; set; } = true;

    public override byte[]? Rent(int bytes)
    {
        if (!BitOperations.IsPow2(bytes) || bytes < SmallestBytes || bytes > LargestBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "not a size that the contract names");
        }

        if (RentedBytes + bytes > LimitBytes)
        {
            return null;
        }

        RentedBytes += bytes;
        byte[] buffer = _free[BitOperations.Log2((uint)bytes)].TryPop(out byte[]? old) ? old : new byte[bytes];
        _rented.Add(buffer);
        return buffer;
    }

    public override void Return(byte[] buffer)
    {
        if (!_rented.Remove(buffer))
        {
            throw new InvalidOperationException("a buffer came back that was not rented");
        }

        if (Scribbles)
        {
            Array.Fill(buffer, (byte)0xEE);
        }

        RentedBytes -= buffer.Length;
        _free[BitOperations.Log2((uint)buffer.Length)].Push(buffer);
    }
}
