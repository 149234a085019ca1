// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;

namespace Denali.Kernel.Network;

/// <summary>A frame in the kernel's memory, in up to three pieces.</summary>
internal readonly ref struct SpanFrame : IFrameSource
{
    private readonly ReadOnlySpan<byte> _first;
    private readonly ReadOnlySpan<byte> _second;
    private readonly ReadOnlySpan<byte> _third;

    internal SpanFrame(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        _first = first;
        _second = second;
        _third = third;
    }

    public int LengthBytes => _first.Length + _second.Length + _third.Length;

    public void CopyTo(int offset, Span<byte> destination)
    {
        CopyPiece(_first, ref offset, ref destination);
        CopyPiece(_second, ref offset, ref destination);
        CopyPiece(_third, ref offset, ref destination);
    }

    public void CopyTo(int offset, GuestMemory memory, ulong address, int bytes)
    {
        CopyPiece(_first, memory, ref offset, ref address, ref bytes);
        CopyPiece(_second, memory, ref offset, ref address, ref bytes);
        CopyPiece(_third, memory, ref offset, ref address, ref bytes);
    }

    /// <summary>Takes from a piece what lies in it, and moves on to the next.</summary>
    private static void CopyPiece(ReadOnlySpan<byte> piece, ref int offset, ref Span<byte> destination)
    {
        ReadOnlySpan<byte> part = Part(piece, ref offset, destination.Length);
        part.CopyTo(destination);
        destination = destination[part.Length..];
    }

    private static void CopyPiece(
        ReadOnlySpan<byte> piece, GuestMemory memory, ref int offset, ref ulong address, ref int bytes)
    {
        ReadOnlySpan<byte> part = Part(piece, ref offset, bytes);
        _ = memory.TryWrite(address, part);
        address += (uint)part.Length;
        bytes -= part.Length;
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> piece, ref int offset, int bytes)
    {
        int start = Math.Min(offset, piece.Length);
        offset -= start;
        return piece.Slice(start, Math.Min(bytes, piece.Length - start));
    }
}
