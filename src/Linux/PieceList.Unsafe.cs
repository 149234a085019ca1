// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>
/// Pieces of memory that a system call is to take as one, so that they need not be copied together. Used again and
/// again; one thread at a time.
/// </summary>
public sealed unsafe class PieceList
{
    // The first is for what the call itself puts in front. Pinned, because the host reads it by its address.
    private readonly IoVector[] _vectors;

    /// <summary>Makes an empty list.</summary>
    /// <param name="capacity">Most pieces, at most 1023: the host takes 1024 (UIO_MAXIOV).</param>
    public PieceList(int capacity)
    {
        _vectors = GC.AllocateArray<IoVector>(capacity + 1, pinned: true);
    }

    /// <summary>How many pieces it has.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all pieces.</summary>
    public int TotalBytes { get; private set; }

    /// <summary>Takes all pieces out.</summary>
    public void Clear()
    {
        Count = 0;
        TotalBytes = 0;
    }

    /// <summary>Adds a piece.</summary>
    /// <param name="memory">Memory that does not move: not of the garbage-collected heap, or pinned. It stays valid
    /// until the list is cleared.</param>
    public void Add(ReadOnlySpan<byte> memory)
    {
        // SAFETY: the caller vouches for the memory's place; only the host reads it, through a checked call.
        Count++;
        _vectors[Count].Base = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        _vectors[Count].Bytes = (nuint)memory.Length;
        TotalBytes += memory.Length;
    }

    /// <summary>Writes some bytes and all pieces to a descriptor at once.</summary>
    /// <returns>Bytes that were taken, or -1.</returns>
    internal nint Write(int descriptor, byte* first, int bytes)
    {
        _vectors[0].Base = (nint)first;
        _vectors[0].Bytes = (nuint)bytes;

        // SAFETY: the array is pinned, and Count + 1 of its entries are set.
        fixed (IoVector* vectors = _vectors)
        {
            return Libc.writev(descriptor, vectors, Count + 1);
        }
    }
}
