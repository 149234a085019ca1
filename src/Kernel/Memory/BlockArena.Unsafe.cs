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
/// <para>A block that is given back is for the next that needs as much, or a little less. The host has the memory back
/// when nobody refers to this object any more.</para>
/// </remarks>
internal sealed unsafe class BlockArena
{
    /// <summary>Sizes are multiples of it.</summary>
    internal const int GrainBytes = 64;

    /// <summary>The largest block.</summary>
    internal const int BlockBytesMax = 64 * 1024;

    private const ulong SegmentBytes = 64 * 1024 * 1024;
    private const int SizeCount = (BlockBytesMax / GrainBytes) + 1;

    // A block may be larger than what was asked for by one in so many: what VMs take varies from sleep to sleep.
    private const int SlackShare = 8;

    private readonly Lock _lock = new();
    private readonly List<MappedRegion> _segments = [];

    // By size in grains: the first free block, of which each begins with the address of the next; and a bit if there
    // is one.
    private readonly nint[] _free = new nint[SizeCount];
    private readonly ulong[] _hasFree = new ulong[(SizeCount + 63) / 64];
    private nint _next;
    private nint _end;

    /// <summary>Takes a block.</summary>
    /// <param name="bytes">What it is to hold, 1 to <see cref="BlockBytesMax"/>.</param>
    /// <param name="grains">Its size in grains, to be given back with it.</param>
    /// <returns>Its address, or 0 if no address space is left. It contains anything.</returns>
    internal nint TryTake(int bytes, out int grains)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes - 1, (uint)BlockBytesMax - 1, nameof(bytes));
        grains = (bytes + GrainBytes - 1) / GrainBytes;
        lock (_lock)
        {
            int found = FindFree(grains, Math.Min(grains + (grains / SlackShare), SizeCount - 1));
            if (found == 0)
            {
                return Carve(grains * GrainBytes);
            }

            grains = found;
            nint block = _free[found];

            // SAFETY: free blocks are ours, and at least a grain long; Return wrote the address there.
            _free[found] = *(nint*)block;
            if (_free[found] == 0)
            {
                _hasFree[found / 64] &= ~(1UL << (found % 64));
            }

            return block;
        }
    }

    /// <summary>Gives a block back.</summary>
    /// <param name="block">What <see cref="TryTake"/> returned, once.</param>
    /// <param name="grains">Its size.</param>
    internal void Return(nint block, int grains)
    {
        lock (_lock)
        {
            AddFree(block, grains);
        }
    }

    private int FindFree(int least, int most)
    {
        for (int word = least / 64; word <= most / 64; word++)
        {
            ulong bits = _hasFree[word];
            bits &= word == least / 64 ? ulong.MaxValue << (least % 64) : ulong.MaxValue;
            if (bits != 0)
            {
                int found = (word * 64) + BitOperations.TrailingZeroCount(bits);
                return found <= most ? found : 0;
            }
        }

        return 0;
    }

    private void AddFree(nint block, int grains)
    {
        // SAFETY: the block is ours and nobody uses it.
        *(nint*)block = _free[grains];
        _free[grains] = block;
        _hasFree[grains / 64] |= 1UL << (grains % 64);
    }

    private nint Carve(int bytes)
    {
        if (_end - _next < bytes && !TryAddSegment())
        {
            return 0;
        }

        nint block = _next;
        _next += bytes;
        return block;
    }

    private bool TryAddSegment()
    {
        MappedRegion segment;
        try
        {
            segment = MappedRegion.MapAnonymous(SegmentBytes);
        }
        catch (LinuxException)
        {
            return false;
        }

        // What is left of the one before is a block as well.
        int rest = (int)(_end - _next) / GrainBytes;
        if (rest > 0)
        {
            AddFree(_next, rest);
        }

        _segments.Add(segment);
        _next = segment.Address;
        _end = segment.Address + (nint)SegmentBytes;
        return true;
    }
}
