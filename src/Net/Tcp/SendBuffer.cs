// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Net.Tcp;

/// <summary>
/// The bytes of a connection from SND.UNA on: sent and not acknowledged, then not yet sent. A circular array that is
/// taken when there are bytes, grows, and goes back when there are none.
/// </summary>
/// <remarks>
/// Links may read sent bytes in place until they are acknowledged. So an array that became too small is kept until
/// everything is acknowledged that was sent out of it, and meanwhile the buffer does not grow again.
/// </remarks>
internal struct SendBuffer
{
    // What outgrows its first buffer soon outgrows the next: fewer steps, because each waits for a round trip.
    private const int GrowthFactor = 8;

    private byte[]? _ring;
    private byte[]? _retired;
    private int _head;
    private int _length;
    private uint _retiredUntil;

    /// <summary>Bytes in the buffer.</summary>
    public readonly int Length => _length;

    /// <summary>Bytes of memory held.</summary>
    public readonly int HeldBytes => (_ring?.Length ?? 0) + (_retired?.Length ?? 0);

    /// <summary>How many bytes <see cref="Append"/> would take now, if there is memory.</summary>
    public readonly int Room(int limit) => Math.Max(
        (_ring is null || (_retired is null && _ring.Length < limit) ? limit : _ring.Length) - _length, 0);

    /// <summary>Appends bytes.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="limit">Most bytes to hold; a power of two.</param>
    /// <param name="isSent">Whether some of what is here was sent.</param>
    /// <param name="sentEnd">SND.NXT: the end of what was sent.</param>
    /// <param name="buffers">Where memory comes from.</param>
    /// <returns>How many were taken.</returns>
    public int Append(ReadOnlySpan<byte> data, int limit, bool isSent, uint sentEnd, BufferAllocator buffers)
    {
        int wanted = Math.Min(data.Length, limit - _length);
        if (wanted <= 0)
        {
            return 0;
        }

        if (_ring is null || _length + wanted > _ring.Length)
        {
            Grow(_length + wanted, limit, isSent, sentEnd, buffers);
        }

        int taken = _ring is null ? 0 : Math.Min(wanted, _ring.Length - _length);
        if (taken > 0)
        {
            int at = (_head + _length) & (_ring!.Length - 1);
            int first = Math.Min(taken, _ring.Length - at);
            data[..first].CopyTo(_ring.AsSpan(at));
            data[first..taken].CopyTo(_ring);
            _length += taken;
        }

        return taken;
    }

    /// <summary>Bytes that lie in the buffer, in two pieces.</summary>
    /// <param name="offset">How far behind SND.UNA.</param>
    /// <param name="count">How many; they must be there.</param>
    /// <param name="head">First piece.</param>
    /// <param name="tail">Second piece, where the array wraps; mostly empty.</param>
    public readonly void Peek(int offset, int count, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> tail)
    {
        if (count == 0)
        {
            head = default;
            tail = default;
            return;
        }

        int at = (_head + offset) & (_ring!.Length - 1);
        int first = Math.Min(count, _ring.Length - at);
        head = _ring.AsSpan(at, first);
        tail = _ring.AsSpan(0, count - first);
    }

    /// <summary>Drops acknowledged bytes.</summary>
    /// <param name="count">How many; at most <see cref="Length"/>.</param>
    /// <param name="acknowledged">The new SND.UNA.</param>
    /// <param name="buffers">Where memory goes.</param>
    public void Discard(int count, uint acknowledged, BufferAllocator buffers)
    {
        _length -= count;
        if (_retired is not null && (_length == 0 || Sequence.GreaterOrEqual(acknowledged, _retiredUntil)))
        {
            buffers.Return(_retired);
            _retired = null;
        }

        if (_ring is null)
        {
            return;
        }

        _head = (_head + count) & (_ring.Length - 1);
        if (_length == 0)
        {
            buffers.Return(_ring);
            _ring = null;
            _head = 0;
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear(BufferAllocator buffers) => Discard(_length, 0, buffers);

    private void Grow(int needed, int limit, bool isSent, uint sentEnd, BufferAllocator buffers)
    {
        if (_retired is not null || (_ring is not null && _ring.Length >= limit))
        {
            return;
        }

        int size = Math.Max(needed, _ring is null ? BufferAllocator.SmallestBytes : _ring.Length * GrowthFactor);
        size = Math.Min((int)BitOperations.RoundUpToPowerOf2((uint)size), limit);
        byte[]? larger = buffers.Rent(size);
        if (larger is null && size > BufferAllocator.SmallestBytes && _ring is null)
        {
            larger = buffers.Rent(BufferAllocator.SmallestBytes);
        }

        if (larger is null)
        {
            return;
        }

        if (_ring is not null)
        {
            Peek(0, _length, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> tail);
            head.CopyTo(larger);
            tail.CopyTo(larger.AsSpan(head.Length));
            if (isSent)
            {
                _retired = _ring;
                _retiredUntil = sentEnd;
            }
            else
            {
                buffers.Return(_ring);
            }
        }

        _ring = larger;
        _head = 0;
    }
}
