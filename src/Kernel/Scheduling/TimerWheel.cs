// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using Denali.Hardware;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// The deadlines of a worker's VMs: a hierarchical timing wheel (Varghese and Lauck, SOSP 1987). Setting, cancelling
/// and expiring cost the same with ten VMs and with a million; a VM that sleeps costs nothing until its time comes.
/// </summary>
/// <remarks>
/// <para>Level 0 has buckets of one tick (<see cref="TickNs"/>); each level's buckets are 64 times as wide as the one
/// below. Time moves from occupied bucket to occupied bucket; a bucket of an upper level that is reached is dealt out
/// to the levels below.</para>
/// <para>A deadline expires at the end of its tick: never early, at most one tick late.</para>
/// </remarks>
internal sealed class TimerWheel
{
    /// <summary>Nanoseconds per tick.</summary>
    internal const ulong TickNs = 1UL << TickShift;

    /// <summary>The end of time, 36 years after the clock's zero: all deadlines below it fit into the levels.</summary>
    internal const ulong HorizonNs = 1UL << 60;

    private const int TickShift = 14;
    private const int LevelShift = 6;
    private const int BucketsPerLevel = 1 << LevelShift;
    private const int Levels = 8;

    private readonly MachineTable _table;
    private readonly IndexList[] _buckets = new IndexList[Levels * BucketsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];
    private ulong _tick;

    /// <summary>Makes an empty wheel.</summary>
    /// <param name="table">The VMs' records.</param>
    /// <param name="nowNs">The time now.</param>
    internal TimerWheel(MachineTable table, ulong nowNs)
    {
        _table = table;
        _tick = nowNs >> TickShift;
        Array.Fill(_buckets, new IndexList());
    }

    /// <summary>Number of deadlines set.</summary>
    internal int Count { get; private set; }

    /// <summary>Sets a VM's deadline. It must have none.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="deadlineNs">When; in the past means at the next advance, at or beyond the horizon means
    /// never.</param>
    internal void Add(int index, ulong deadlineNs)
    {
        if (deadlineNs < HorizonNs)
        {
            _table[index].DeadlineNs = deadlineNs;
            Place(index);
            Count++;
        }
    }

    /// <summary>Takes a VM's deadline back, if it has one.</summary>
    /// <param name="index">The VM.</param>
    internal void Remove(int index)
    {
        int bucket = _table[index].TimerBucket;
        if (bucket != MachineRecord.None)
        {
            Unlink(index, bucket);
            Count--;
        }
    }

    /// <summary>Takes the next VM whose deadline has passed.</summary>
    /// <param name="nowNs">The time now.</param>
    /// <param name="index">The VM.</param>
    /// <returns>False if there is none.</returns>
    internal bool TryExpire(ulong nowNs, out int index)
    {
        ulong target = nowNs >> TickShift;
        while (TryFindNext(out int level, out ulong start) && start < target)
        {
            _tick = Math.Max(_tick, start);
            int bucket = BucketOf(level, start);
            index = _buckets[bucket].First;
            Unlink(index, bucket);
            if (_table[index].DeadlineNs >> TickShift < target)
            {
                Count--;
                return true;
            }

            // It lay in an upper level, or was set for a tick that has not ended: deal it out again.
            Place(index);
        }

        _tick = Math.Max(_tick, target);
        index = MachineRecord.None;
        return false;
    }

    /// <summary>When to look again: no deadline expires earlier.</summary>
    /// <returns>Monotonic nanoseconds, or <see cref="InstructionPage.Never"/>.</returns>
    internal ulong NextExpiryNs() =>
        TryFindNext(out _, out ulong start) ? (start + 1) << TickShift : InstructionPage.Never;

    private static int BucketOf(int level, ulong tick) =>
        (level * BucketsPerLevel) + (int)((tick >> (level * LevelShift)) & (BucketsPerLevel - 1));

    private void Place(int index)
    {
        ref MachineRecord record = ref _table[index];
        ulong tick = Math.Max(record.DeadlineNs >> TickShift, _tick);

        // The level is that of the highest digit (base 64) in which the deadline differs from now.
        ulong difference = tick ^ _tick;
        int level = difference == 0 ? 0 : BitOperations.Log2(difference) / LevelShift;
        int bucket = BucketOf(level, tick);
        record.TimerBucket = bucket;
        _buckets[bucket].AddLast(_table, index);
        _occupied[level] |= 1UL << (bucket & (BucketsPerLevel - 1));
    }

    private void Unlink(int index, int bucket)
    {
        _buckets[bucket].Remove(_table, index);
        _table[index].TimerBucket = MachineRecord.None;
        if (_buckets[bucket].IsEmpty)
        {
            _occupied[bucket >> LevelShift] &= ~(1UL << (bucket & (BucketsPerLevel - 1)));
        }
    }

    /// <summary>
    /// Finds the occupied bucket that begins first. Of two that begin together the upper one comes first: it may hold
    /// what belongs in front.
    /// </summary>
    private bool TryFindNext(out int level, out ulong start)
    {
        level = -1;
        start = ulong.MaxValue;
        for (int candidate = 0; candidate < Levels; candidate++)
        {
            int shift = candidate * LevelShift;
            int digit = (int)((_tick >> shift) & (BucketsPerLevel - 1));
            ulong ahead = _occupied[candidate] & (ulong.MaxValue << digit);
            if (ahead == 0)
            {
                continue;
            }

            ulong high = _tick >> (shift + LevelShift) << (shift + LevelShift);
            ulong begins = Math.Max(high | ((ulong)BitOperations.TrailingZeroCount(ahead) << shift), _tick);
            if (begins <= start)
            {
                start = begins;
                level = candidate;
            }
        }

        return level >= 0;
    }
}
