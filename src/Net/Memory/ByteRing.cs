// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>
/// A queue of bytes in a circular buffer that is taken from an allocator when the first byte comes, doubles as it
/// fills, and is given back when the last byte goes.
/// </summary>
/// <remarks>A mutable structure: keep it in a field, never copy it.</remarks>
public struct ByteRing
{
    private byte[]? _buffer;
    private int _start;

    /// <summary>Bytes in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of memory that it holds.</summary>
    public readonly int HeldBytes => _buffer is null ? 0 : _buffer.Length;

    /// <summary>Sees to it that more bytes fit.</summary>
    /// <param name="bytes">How many more.</param>
    /// <param name="buffers">Where memory comes from.</param>
    /// <returns>False if there is no memory for them, or they would need more than the largest buffer.</returns>
    public bool TryReserve(int bytes, BufferAllocator buffers)
    {
        long needed = (long)Count + bytes;
        if (needed <= HeldBytes)
        {
            return true;
        }

        if (needed > BufferAllocator.LargestBytes)
        {
            return false;
        }

        int size = Math.Max(HeldBytes, BufferAllocator.SmallestBytes);
        while (size < needed)
        {
            size *= 2;
        }

        byte[]? larger = buffers.Rent(size);
        if (larger is null)
        {
            return false;
        }

        if (_buffer is not null)
        {
            CopyOut(0, larger.AsSpan(0, Count));
            buffers.Return(_buffer);
        }

        _buffer = larger;
        _start = 0;
        return true;
    }

    /// <summary>Appends bytes that <see cref="TryReserve"/> has made room for.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        byte[] buffer = _buffer!;
        int end = (_start + Count) & (buffer.Length - 1);
        int first = Math.Min(bytes.Length, buffer.Length - end);
        bytes[..first].CopyTo(buffer.AsSpan(end));
        bytes[first..].CopyTo(buffer);
        Count += bytes.Length;
    }

    /// <summary>Copies bytes without taking them.</summary>
    /// <param name="offset">From which byte on.</param>
    /// <param name="bytes">Where to; that many must be there.</param>
    public readonly void CopyOut(int offset, Span<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        byte[] buffer = _buffer!;
        int from = (_start + offset) & (buffer.Length - 1);
        int first = Math.Min(bytes.Length, buffer.Length - from);
        buffer.AsSpan(from, first).CopyTo(bytes);
        buffer.AsSpan(0, bytes.Length - first).CopyTo(bytes[first..]);
    }

    /// <summary>Takes bytes from the front; the memory goes back with the last of them.</summary>
    /// <param name="bytes">How many, at most <see cref="Count"/>.</param>
    /// <param name="buffers">Where memory goes to.</param>
    public void Skip(int bytes, BufferAllocator buffers)
    {
        Count -= bytes;
        if (Count == 0)
        {
            Clear(buffers);
            return;
        }

        _start = (_start + bytes) & (_buffer!.Length - 1);
    }

    /// <summary>Forgets all bytes and gives the memory back.</summary>
    /// <param name="buffers">Where memory goes to.</param>
    public void Clear(BufferAllocator buffers)
    {
        if (_buffer is not null)
        {
            buffers.Return(_buffer);
            _buffer = null;
        }

        Count = 0;
        _start = 0;
    }
}
