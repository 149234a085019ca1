// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Net.Tcp;

/// <summary>
/// The bytes that came: first those that can be read, then, in place, those behind a gap. A circular array that is
/// taken when there are bytes, grows, and goes back when there are none.
/// </summary>
internal struct ReceiveBuffer
{
    private byte[]? _ring;
    private int _head;
    private int _readable;

    /// <summary>Bytes that can be read.</summary>
    public readonly int Readable => _readable;

    /// <summary>Bytes of memory held.</summary>
    public readonly int HeldBytes => _ring?.Length ?? 0;

    /// <summary>The bytes that can be read and lie side by side.</summary>
    public readonly ReadOnlySpan<byte> First =>
        _ring is null ? default : _ring.AsSpan(_head, Math.Min(_readable, _ring.Length - _head));

    /// <summary>Stores bytes at a distance behind those that can be read.</summary>
    /// <param name="offset">The distance; 0 for what follows directly.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="highest">End of everything that is stored behind the gap, as such a distance; else 0.</param>
    /// <param name="limit">Most bytes that the array may have.</param>
    /// <param name="buffers">Where memory comes from.</param>
    /// <returns>False if there is no memory, or no place below the limit.</returns>
    public bool Store(int offset, ReadOnlySpan<byte> data, int highest, int limit, BufferAllocator buffers)
    {
        int needed = _readable + offset + data.Length;
        if ((_ring is null || needed > _ring.Length) && !Grow(needed, _readable + highest, limit, buffers))
        {
            return false;
        }

        int at = (_head + _readable + offset) & (_ring!.Length - 1);
        int first = Math.Min(data.Length, _ring.Length - at);
        data[..first].CopyTo(_ring.AsSpan(at));
        data[first..].CopyTo(_ring);
        return true;
    }

    /// <summary>Makes bytes readable that were stored.</summary>
    public void Commit(int count) => _readable += count;

    /// <summary>Copies bytes without taking them.</summary>
    /// <param name="offset">How far from the first.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>How many.</returns>
    public readonly int Peek(int offset, Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _readable - offset);
        if (count <= 0)
        {
            return 0;
        }

        int at = (_head + offset) & (_ring!.Length - 1);
        int first = Math.Min(count, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(destination);
        _ring.AsSpan(0, count - first).CopyTo(destination[first..]);
        return count;
    }

    /// <summary>Drops bytes that were read.</summary>
    /// <param name="count">How many; at most <see cref="Readable"/>.</param>
    /// <param name="hasMore">Whether bytes are stored behind a gap.</param>
    /// <param name="buffers">Where memory goes.</param>
    public void Discard(int count, bool hasMore, BufferAllocator buffers)
    {
        if (_ring is null)
        {
            return;
        }

        _readable -= count;
        _head = (_head + count) & (_ring.Length - 1);
        if (_readable == 0 && !hasMore)
        {
            buffers.Return(_ring);
            _ring = null;
            _head = 0;
        }
    }

    private bool Grow(int needed, int stored, int limit, BufferAllocator buffers)
    {
        if (needed > limit)
        {
            return false;
        }

        int size = Math.Max(needed, _ring is null ? BufferAllocator.SmallestBytes : _ring.Length * 2);
        byte[]? larger = buffers.Rent((int)BitOperations.RoundUpToPowerOf2((uint)size));
        if (larger is null)
        {
            return false;
        }

        if (_ring is not null)
        {
            int first = Math.Min(stored, _ring.Length - _head);
            _ring.AsSpan(_head, first).CopyTo(larger);
            _ring.AsSpan(0, stored - first).CopyTo(larger.AsSpan(first));
            buffers.Return(_ring);
        }

        _ring = larger;
        _head = 0;
        return true;
    }
}
