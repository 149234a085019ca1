// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Net.Tcp;

/// <summary>
/// The bytes of a connection from SND.UNA on: sent and not acknowledged, then not yet sent. Those that were copied are
/// in a circular array that is taken when there are bytes, grows, and goes back when there are none. Between them lie
/// pieces that were lent, which go back when they are acknowledged or dropped.
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
    private int _copied;
    private int _length;
    private uint _retiredUntil;
    private LentPiece? _firstPiece;
    private LentPiece? _lastPiece;

    // Copied bytes behind the last piece.
    private int _copiedBehind;

    /// <summary>Bytes in the buffer.</summary>
    public readonly int Length => _length;

    /// <summary>Bytes of memory held.</summary>
    public readonly int HeldBytes => (_ring?.Length ?? 0) + (_retired?.Length ?? 0);

    /// <summary>How many bytes could be appended now, if there is memory.</summary>
    public readonly int Room(int limit)
    {
        bool mayGrow = _ring is null || (_retired is null && _ring.Length < limit);
        return Math.Max(Math.Min(limit - _length, mayGrow ? limit : _ring!.Length - _copied), 0);
    }

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

        if (_ring is null || _copied + wanted > _ring.Length)
        {
            Grow(_copied + wanted, limit, isSent, sentEnd, buffers);
        }

        int taken = _ring is null ? 0 : Math.Min(wanted, _ring.Length - _copied);
        if (taken > 0)
        {
            int at = (_head + _copied) & (_ring!.Length - 1);
            int first = Math.Min(taken, _ring.Length - at);
            data[..first].CopyTo(_ring.AsSpan(at));
            data[first..taken].CopyTo(_ring);
            _copied += taken;
            _copiedBehind += taken;
            _length += taken;
        }

        return taken;
    }

    /// <summary>Appends bytes that stay where they are.</summary>
    /// <param name="lent">The bytes; if any are taken, all of them are the buffer's to give back.</param>
    /// <param name="limit">Most bytes to hold.</param>
    /// <param name="pieces">Where the record of it comes from.</param>
    /// <returns>How many were taken.</returns>
    public int Append(in LentBytes lent, int limit, LentPiecePool pieces)
    {
        int taken = Math.Min(lent.Length, limit - _length);
        if (taken <= 0)
        {
            return 0;
        }

        LentPiece piece = pieces.Take();
        piece.Lent = lent;
        piece.CopiedBefore = _copiedBehind;
        piece.Skipped = 0;
        piece.Length = taken;
        if (_lastPiece is null)
        {
            _firstPiece = piece;
        }
        else
        {
            _lastPiece.Next = piece;
        }

        _lastPiece = piece;
        _copiedBehind = 0;
        _length += taken;
        return taken;
    }

    /// <summary>How many bytes from an offset on <see cref="Peek"/> can show at once.</summary>
    /// <param name="offset">How far behind SND.UNA.</param>
    /// <param name="most">No more than so many; they must be there.</param>
    /// <returns>As many, or fewer where pieces are short.</returns>
    public readonly int Reach(int offset, int most)
    {
        if (_firstPiece is null)
        {
            return most;
        }

        Peek(offset, most, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> tail);
        return head.Length + tail.Length;
    }

    /// <summary>Bytes that lie in the buffer, in two parts.</summary>
    /// <param name="offset">How far behind SND.UNA.</param>
    /// <param name="count">How many; at most what <see cref="Reach"/> says, else fewer come.</param>
    /// <param name="head">First part.</param>
    /// <param name="tail">Second part, where the array wraps or a piece begins or ends; mostly empty.</param>
    public readonly void Peek(int offset, int count, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> tail)
    {
        head = count == 0 ? default : PartAt(offset, count);
        tail = count == head.Length ? default : PartAt(offset + head.Length, count - head.Length);
    }

    /// <summary>Drops acknowledged bytes.</summary>
    /// <param name="count">How many; at most <see cref="Length"/>.</param>
    /// <param name="acknowledged">The new SND.UNA.</param>
    /// <param name="buffers">Where memory goes.</param>
    /// <param name="pieces">Where records of pieces go.</param>
    public void Discard(int count, uint acknowledged, BufferAllocator buffers, LentPiecePool pieces)
    {
        _length -= count;
        while (_firstPiece is LentPiece piece && count > 0)
        {
            int copied = Math.Min(count, piece.CopiedBefore);
            int lent = Math.Min(count - copied, piece.Length);
            piece.CopiedBefore -= copied;
            piece.Skipped += lent;
            piece.Length -= lent;
            DiscardCopied(copied);
            count -= copied + lent;
            if (piece.Length > 0)
            {
                break;
            }

            _firstPiece = piece.Next;
            _lastPiece = _firstPiece is null ? null : _lastPiece;
            buffers.Return(piece.Lent);
            pieces.Return(piece);
        }

        _copiedBehind -= count;
        DiscardCopied(count);
        if (_retired is not null && (_length == 0 || Sequence.GreaterOrEqual(acknowledged, _retiredUntil)))
        {
            buffers.Return(_retired);
            _retired = null;
        }

        if (_ring is not null && _copied == 0)
        {
            buffers.Return(_ring);
            _ring = null;
            _head = 0;
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear(BufferAllocator buffers, LentPiecePool pieces) => Discard(_length, 0, buffers, pieces);

    private void DiscardCopied(int count)
    {
        if (count > 0)
        {
            _copied -= count;
            _head = (_head + count) & (_ring!.Length - 1);
        }
    }

    // The bytes at an offset that lie side by side, as many as wanted.
    private readonly ReadOnlySpan<byte> PartAt(int offset, int most)
    {
        int copied = 0;
        for (LentPiece? piece = _firstPiece; piece is not null; piece = piece.Next)
        {
            if (offset < piece.CopiedBefore)
            {
                return CopiedAt(copied + offset, Math.Min(most, piece.CopiedBefore - offset));
            }

            offset -= piece.CopiedBefore;
            copied += piece.CopiedBefore;
            if (offset < piece.Length)
            {
                return piece.Bytes.Slice(offset, Math.Min(most, piece.Length - offset));
            }

            offset -= piece.Length;
        }

        return CopiedAt(copied + offset, most);
    }

    // The same among the bytes that were copied; they go on at the start of the array.
    private readonly ReadOnlySpan<byte> CopiedAt(int offset, int most)
    {
        int at = (_head + offset) & (_ring!.Length - 1);
        return _ring.AsSpan(at, Math.Min(most, _ring.Length - at));
    }

    private void Grow(int needed, int limit, bool isSent, uint sentEnd, BufferAllocator buffers)
    {
        if (_ring is not null && (_retired is not null || _ring.Length >= limit))
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
            int first = Math.Min(_copied, _ring.Length - _head);
            _ring.AsSpan(_head, first).CopyTo(larger);
            _ring.AsSpan(0, _copied - first).CopyTo(larger.AsSpan(first));
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
