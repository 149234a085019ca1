// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading;
using Denali.Linux;

namespace Denali.Kernel.Memory;

/// <summary>
/// Gives out memory in blocks of many sizes, for what changes with every VM that sleeps or wakes. Any thread.
/// </summary>
/// <remarks>
/// <para>The C library would do, but makes its heaps larger by a page or two at a time: each time all virtual machines
/// of KVM are told that mappings have changed, and those that run are waited for. That was a fifth of a visit.</para>
/// <para>Blocks of one size come from slabs; a slab without blocks in use is there for any size. There are sixteen
/// sizes between a power of two and the next. The host has the memory back when nobody refers to this object any
/// more.</para>
/// </remarks>
internal sealed unsafe class BlockArena
{
    /// <summary>Sizes are multiples of it.</summary>
    internal const int GrainBytes = 64;

    /// <summary>The largest block: several of each size fit into a slab.</summary>
    internal const int BlockBytesMax = 16 * 1024;

    /// <summary>Size of a slab, and what it is aligned to.</summary>
    internal const int SlabBytes = 64 * 1024;

    private const ulong SegmentBytes = 64 * 1024 * 1024;
    private const int FineBits = 4;
    private const int FineSizes = 1 << FineBits;

    private static readonly int s_sizeCount = SizeOf(BlockBytesMax).Index + 1;

    private readonly Lock _lock = new();
    private readonly List<MappedRegion> _segments = [];

    // By size: slabs with blocks in use and room for more.
    private readonly Slab*[] _open = new Slab*[s_sizeCount];
    private Slab* _unused;
    private nint _next;
    private nint _end;

    /// <summary>Bytes of all slabs that have blocks in use or had some.</summary>
    internal long SlabBytesTaken { get; private set; }

    /// <summary>Takes a block.</summary>
    /// <param name="bytes">What it is to hold, 1 to <see cref="BlockBytesMax"/>.</param>
    /// <param name="grains">Its size in grains.</param>
    /// <returns>Its address, or 0 if no address space is left. It contains anything.</returns>
    internal nint TryTake(int bytes, out int grains)
    {
        // SAFETY: slabs are ours, aligned, and mapped as long as this object is; the lock is held.
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes - 1, (uint)BlockBytesMax - 1, nameof(bytes));
        (int index, grains) = SizeOf(bytes);
        lock (_lock)
        {
            Slab* slab = _open[index];
            if (slab == null)
            {
                slab = TryTakeSlab();
                if (slab == null)
                {
                    return 0;
                }

                *slab = new Slab { SizeIndex = index, BlockBytes = grains * GrainBytes };
                Open(slab);
            }

            nint block = slab->Take();
            if (slab->IsFull)
            {
                Close(slab);
            }

            return block;
        }
    }

    /// <summary>Gives a block back.</summary>
    /// <param name="block">What <see cref="TryTake"/> returned, once.</param>
    internal void Return(nint block)
    {
        // SAFETY: a block lies in the slab that begins at the multiple of its size below it.
        var slab = (Slab*)(block & ~(nint)(SlabBytes - 1));
        lock (_lock)
        {
            if (slab->IsFull)
            {
                Open(slab);
            }

            slab->Return(block);
            if (slab->Used == 0)
            {
                Close(slab);
                slab->Next = _unused;
                _unused = slab;
            }
        }
    }

    private static (int Index, int Grains) SizeOf(int bytes)
    {
        int last = (bytes - 1) / GrainBytes;
        if (last < FineSizes)
        {
            return (last, last + 1);
        }

        int shift = BitOperations.Log2((uint)last) - FineBits;
        int fine = last >> shift;
        return ((shift * FineSizes) + fine, (fine + 1) << shift);
    }

    private void Open(Slab* slab)
    {
        // SAFETY: the list has slabs of ours only; the lock is held.
        Slab* next = _open[slab->SizeIndex];
        slab->Previous = null;
        slab->Next = next;
        if (next != null)
        {
            next->Previous = slab;
        }

        _open[slab->SizeIndex] = slab;
    }

    private void Close(Slab* slab)
    {
        // SAFETY: as for Open.
        if (slab->Previous != null)
        {
            slab->Previous->Next = slab->Next;
        }
        else
        {
            _open[slab->SizeIndex] = slab->Next;
        }

        if (slab->Next != null)
        {
            slab->Next->Previous = slab->Previous;
        }
    }

    private Slab* TryTakeSlab()
    {
        // SAFETY: as for Open; the segment has room for a whole slab.
        Slab* slab = _unused;
        if (slab != null)
        {
            _unused = slab->Next;
            return slab;
        }

        if (_end - _next < SlabBytes && !TryAddSegment())
        {
            return null;
        }

        slab = (Slab*)_next;
        _next += SlabBytes;
        SlabBytesTaken += SlabBytes;
        return slab;
    }

    private bool TryAddSegment()
    {
        try
        {
            MappedRegion segment = MappedRegion.MapAnonymous(SegmentBytes);
            _segments.Add(segment);
            _next = (segment.Address + SlabBytes - 1) & ~(nint)(SlabBytes - 1);
            _end = segment.Address + (nint)SegmentBytes;
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    /// <summary>What stands at the beginning of a slab. Its blocks follow.</summary>
    /// <remarks>Whoever uses one has the arena's lock. A free block begins with the address of the next.</remarks>
    private struct Slab
    {
        internal Slab* Next;
        internal Slab* Previous;
        internal int SizeIndex;
        internal int BlockBytes;
        internal int Used;
        private int _touched;
        private nint _free;

        internal readonly bool IsFull => _free == 0 && _touched == (SlabBytes - GrainBytes) / BlockBytes;

        internal nint Take()
        {
            // SAFETY: a free block is at least a grain long, and Return wrote the address there.
            Used++;
            nint block = _free;
            if (block != 0)
            {
                _free = *(nint*)block;
                return block;
            }

            fixed (Slab* self = &this)
            {
                return (nint)self + GrainBytes + (_touched++ * BlockBytes);
            }
        }

        internal void Return(nint block)
        {
            // SAFETY: nobody uses the block any more, which is at least a grain long.
            Used--;
            *(nint*)block = _free;
            _free = block;
        }
    }
}
