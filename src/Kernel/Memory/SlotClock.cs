// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Hardware;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Memory;

/// <summary>
/// Chooses which VM of a worker gives up its slot: of the next few under a clock hand that idle, the coldest. A VM is
/// the warmer the more visits it had, each of which counts half as much after <see cref="HalfLifeNs"/>; it keeps its
/// warmth while it has no slot.
/// </summary>
/// <remarks>
/// So a sweep over all VMs, each of which is woken once, takes slots from VMs of the sweep, not from popular ones; and
/// popular ones get warm even if slots are so short that a VM loses its own before its second visit. Its worker's own.
/// </remarks>
internal sealed class SlotClock(MachineTable table)
{
    /// <summary>Wake-ups closer together than this are one visit: as long as a page takes to a slow client.</summary>
    internal const ulong VisitNs = 100_000_000;

    /// <summary>
    /// A VM that has idled for less than this does not give up its slot: what it has just sent may be answered at once,
    /// and it would need a slot again. As long as a close client takes.
    /// </summary>
    internal const ulong RestNs = 1_000_000;

    /// <summary>
    /// How often in a row that is granted to a VM which is woken before the time is over: more than the steps of a
    /// visit, so that nobody keeps a slot by idling for short times only.
    /// </summary>
    internal const byte ShortRestMax = 16;

    /// <summary>
    /// A VM that has idled for less than this keeps its slot if another can give up one. As long as a page takes to a
    /// close client on a busy machine.
    /// </summary>
    internal const ulong YoungNs = 20_000_000;

    /// <summary>After this time a visit counts half as much: how fast popularity changes.</summary>
    internal const ulong HalfLifeNs = 30_000_000_000;

    /// <summary>How many VMs are compared: the coldest of so many is among the coldest few percent of all.</summary>
    internal const int CandidateMax = 16;

    private readonly List<int> _members = [];
    private int _hand;

    /// <summary>VMs of this worker that hold a slot.</summary>
    internal int Count => _members.Count;

    /// <summary>When there may be a VM that can give up its slot, if there was none.</summary>
    internal ulong NextNs { get; private set; } = InstructionPage.Never;

    /// <summary>A VM was bound to a slot, or came with one.</summary>
    internal void Add(int index, ulong nowNs)
    {
        table[index].ClockPosition = _members.Count;
        _members.Add(index);
        Touch(index, nowNs);
    }

    /// <summary>A VM gave up its slot, ended, or goes to another worker.</summary>
    internal void Remove(int index)
    {
        int position = table[index].ClockPosition;
        int last = _members[^1];
        _members[position] = last;
        table[last].ClockPosition = position;
        _members.RemoveAt(_members.Count - 1);
        table[index].ClockPosition = MachineRecord.None;
    }

    /// <summary>Whether a VM that idles keeps its slot for now, because it has only just begun to.</summary>
    internal bool IsResting(int index, ulong nowNs)
    {
        ref MachineRecord record = ref table[index];
        return nowNs < record.IdledNs + RestNs && record.ShortRests < ShortRestMax;
    }

    /// <summary>A VM that holds a slot was woken.</summary>
    internal void Touch(int index, ulong nowNs)
    {
        ref MachineRecord record = ref table[index];
        record.ShortRests = nowNs >= record.IdledNs + RestNs ? (byte)0
            : (byte)Math.Min(record.ShortRests + 1, ShortRestMax);
        if (nowNs >= record.VisitNs + VisitNs)
        {
            // The logarithm of a sum in which a visit at time t counts 2^(t / half-life): older ones fade beside newer
            // ones without anybody touching them, so the warmth of all VMs compares at any time.
            double visit = (double)nowNs / HalfLifeNs;
            double more = Math.Max(record.Warmth, visit);
            double less = Math.Min(record.Warmth, visit);
            record.Warmth = more + Math.Log2(1 + double.Exp2(less - more));
            record.VisitNs = nowNs;
        }
    }

    /// <summary>Chooses a VM that can give up its slot.</summary>
    /// <param name="nowNs">The time.</param>
    /// <param name="canPark">Whether one can.</param>
    /// <returns>The VM, or <see cref="MachineRecord.None"/> if there is none; then <see cref="NextNs"/> tells when
    /// there may be.</returns>
    internal int FindVictim(ulong nowNs, Func<int, bool> canPark)
    {
        int victim = MachineRecord.None;
        int candidates = 0;
        NextNs = InstructionPage.Never;
        for (int steps = _members.Count; steps > 0 && candidates < CandidateMax; steps--)
        {
            _hand = _hand >= _members.Count - 1 ? 0 : _hand + 1;
            int index = _members[_hand];
            if (!canPark(index))
            {
                continue;
            }

            if (IsResting(index, nowNs))
            {
                NextNs = Math.Min(NextNs, table[index].IdledNs + RestNs);
                continue;
            }

            candidates++;
            victim = victim == MachineRecord.None || IsRatherThan(index, victim, nowNs) ? index : victim;
        }

        return victim;
    }

    /// <summary>Whether a VM is to give up its slot rather than another one.</summary>
    private bool IsRatherThan(int index, int other, ulong nowNs)
    {
        ref MachineRecord one = ref table[index];
        ref MachineRecord two = ref table[other];
        bool isYoung = nowNs < one.IdledNs + YoungNs;
        return isYoung != nowNs < two.IdledNs + YoungNs ? !isYoung
            : isYoung ? one.IdledNs < two.IdledNs
            : one.Warmth < two.Warmth;
    }
}
