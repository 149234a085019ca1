// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// A frame in a VM's memory, as its transmit descriptors describe it: the pieces, and a copy of the first bytes. Only
/// the copy is looked at, and it is the copy that is passed on. One object per worker, used again for each frame.
/// </summary>
internal sealed class GuestFrame
{
    /// <summary>Most descriptors of one frame: 64 KiB in pages, and some for headers.</summary>
    internal const int PieceMax = 64;

    /// <summary>
    /// Bytes that are copied to be checked. Ethernet, IPv6, extension headers and a neighbour discovery message fit in.
    /// </summary>
    internal const int HeadMax = 256;

    private readonly ulong[] _addresses = new ulong[PieceMax];
    private readonly int[] _lengths = new int[PieceMax];
    private readonly byte[] _head = new byte[HeadMax];
    private int _pieces;
    private int _headBytes;
    private GuestMemory _memory;

    internal int LengthBytes { get; private set; }

    /// <summary>Work left to the receiver or the link; checked.</summary>
    internal FrameOffload Offload { get; set; }

    /// <summary>The first bytes of the frame.</summary>
    internal ReadOnlySpan<byte> Head => _head.AsSpan(0, _headBytes);

    internal void Clear(GuestMemory memory)
    {
        _memory = memory;
        _pieces = 0;
        _headBytes = 0;
        LengthBytes = 0;
        Offload = default;
    }

    /// <summary>Adds a piece whose range was checked. There are less than <see cref="PieceMax"/>.</summary>
    internal void Add(ulong address, int bytes)
    {
        _addresses[_pieces] = address;
        _lengths[_pieces] = bytes;
        _pieces++;
        LengthBytes += bytes;
    }

    /// <summary>Copies the head, once all pieces are there.</summary>
    internal void ReadHead()
    {
        int bytes = Math.Min(LengthBytes, HeadMax);
        CopyPieces(0, _head.AsSpan(0, bytes));
        _headBytes = bytes;
    }

    /// <summary>Lists what follows the head, where it is.</summary>
    /// <param name="rest">Cleared before; valid as long as the VM does not run.</param>
    internal void GetRest(PieceList rest)
    {
        rest.Clear();
        int skip = _headBytes;
        for (int i = 0; i < _pieces; i++)
        {
            int from = Math.Min(skip, _lengths[i]);
            skip -= from;
            if (from < _lengths[i]
                && _memory.TryGetBytes(
                    _addresses[i] + (uint)from, _lengths[i] - from, out ReadOnlySpan<byte> contents))
            {
                rest.Add(contents);
            }
        }
    }

    internal void CopyTo(int offset, Span<byte> destination)
    {
        int fromHead = Math.Clamp(_headBytes - offset, 0, destination.Length);
        if (fromHead > 0)
        {
            _head.AsSpan(offset, fromHead).CopyTo(destination);
        }

        CopyPieces(offset + fromHead, destination[fromHead..]);
    }

    internal void CopyTo(int offset, GuestMemory memory, ulong address, int bytes)
    {
        int fromHead = Math.Clamp(_headBytes - offset, 0, bytes);
        if (fromHead > 0)
        {
            _ = memory.TryWrite(address, _head.AsSpan(offset, fromHead));
        }

        int at = offset + fromHead;
        int end = offset + bytes;
        int start = 0;
        for (int i = 0; i < _pieces && at < end; i++)
        {
            int within = at - start;
            start += _lengths[i];
            if (start > at)
            {
                int part = Math.Min(start, end) - at;
                ulong to = address + (uint)(at - offset);
                _ = _memory.TryCopyTo(_addresses[i] + (uint)within, memory, to, part);
                at += part;
            }
        }
    }

    private void CopyPieces(int offset, Span<byte> destination)
    {
        for (int i = 0; i < _pieces && !destination.IsEmpty; i++)
        {
            if (offset >= _lengths[i])
            {
                offset -= _lengths[i];
                continue;
            }

            int part = Math.Min(_lengths[i] - offset, destination.Length);
            _ = _memory.TryRead(_addresses[i] + (uint)offset, destination[..part]);
            destination = destination[part..];
            offset = 0;
        }
    }
}
