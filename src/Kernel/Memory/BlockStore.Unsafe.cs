// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Denali.Kernel.Memory;

/// <summary>
/// Keeps byte strings outside of the garbage-collected heap, in chains: what is known of a parked VM's memory. Any
/// thread; a chain has one user at a time.
/// </summary>
internal sealed unsafe class BlockStore
{
    /// <summary>In place of a chain: none.</summary>
    internal const long None = 0;

    // What malloc takes for itself per block (glibc: a word, rounded up to 16 bytes with the block).
    private const int AllocatorBytes = 16;

    private readonly BlockArena _arena = new();
    private long _bytes;

    /// <summary>Bytes that all blocks take. Those that come and go leave room for others, which the host does not have
    /// back.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Keeps a copy of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="next">The chain that is to follow, or <see cref="None"/>; it is now part of this one.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="OutOfMemoryException">The host has no memory left.</exception>
    internal long Add(ReadOnlySpan<byte> bytes, long next)
    {
        long chain = Add(bytes.Length, next, out Span<byte> block);
        bytes.CopyTo(block);
        return chain;
    }

    /// <summary>Makes room for some bytes.</summary>
    /// <param name="length">How many.</param>
    /// <param name="next">As above.</param>
    /// <param name="block">Where the caller puts them, before anybody else gets the chain.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="OutOfMemoryException">The host has no memory left.</exception>
    internal long Add(int length, long next, out Span<byte> block)
    {
        long bytes = sizeof(Header) + (long)length;
        int grains = 0;
        nint address = bytes <= BlockArena.BlockBytesMax ? _arena.TryTake((int)bytes, out grains) : 0;

        // SAFETY: the block is as long as its header and its bytes; nobody else knows it yet.
        var header = (Header*)(address != 0 ? address : (nint)NativeMemory.Alloc((nuint)bytes));
        header->Next = next;
        header->Length = length;
        header->Grains = (ushort)(address != 0 ? grains : 0);
        block = new Span<byte>(header + 1, length);
        Interlocked.Add(ref _bytes, CostOf(*header));
        return (long)header;
    }

    /// <summary>The bytes of the first block. Valid until the chain is freed.</summary>
    /// <param name="chain">A chain, not <see cref="None"/>.</param>
    /// <param name="next">What follows.</param>
    /// <returns>The bytes.</returns>
    internal static ReadOnlySpan<byte> Read(long chain, out long next)
    {
        // SAFETY: chains come from Add and are not used after Free; a null one is refused.
        ArgumentOutOfRangeException.ThrowIfEqual(chain, None);
        var block = (Header*)chain;
        next = block->Next;
        return new ReadOnlySpan<byte>(block + 1, block->Length);
    }

    /// <summary>What a chain takes from the host.</summary>
    internal static long BytesOf(long chain)
    {
        long bytes = 0;
        while (chain != None)
        {
            // SAFETY: as below.
            bytes += CostOf(*(Header*)chain);
            chain = ((Header*)chain)->Next;
        }

        return bytes;
    }

    /// <summary>Forgets a chain.</summary>
    internal void Free(long chain)
    {
        while (chain != None)
        {
            // SAFETY: as above; the block's successor is read before it goes.
            var block = (Header*)chain;
            chain = block->Next;
            Interlocked.Add(ref _bytes, -CostOf(*block));
            if (block->Grains != 0)
            {
                _arena.Return((nint)block);
            }
            else
            {
                NativeMemory.Free(block);
            }
        }
    }

    private static long CostOf(in Header header) => header.Grains != 0
        ? header.Grains * BlockArena.GrainBytes
        : sizeof(Header) + (long)header.Length + AllocatorBytes;

    private struct Header
    {
        internal long Next;
        internal int Length;

        // Size in the arena; 0 if the C library gave the block.
        internal ushort Grains;
    }
}
