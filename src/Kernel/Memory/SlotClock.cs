// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Memory;

/// <summary>
/// Chooses which VM of a worker gives up its slot: a clock hand goes over those that hold one, and takes the first that
/// idles and is cold. A VM is warm that was woken again some time after it was bound, and the warmer the more often;
/// the hand cools it by one at each passing.
/// </summary>
/// <remarks>
/// So a sweep over all VMs, each of which is woken once, takes slots from VMs of the sweep, not from popular ones. What
/// one visit brings within <see cref="VisitNs"/> counts as one. Its worker's own.
/// </remarks>
internal sealed class SlotClock(MachineTable table)
{
    /// <summary>Wake-ups closer together than this are one visit: as long as a page takes to a slow client.</summary>
    internal const ulong VisitNs = 100_000_000;

    /// <summary>Passings that the warmest VM survives.</summary>
    internal const byte HeatMax = 3;

    private readonly List<int> _members = [];
    private int _hand;

    /// <summary>VMs of this worker that hold a slot.</summary>
    internal int Count => _members.Count;

    /// <summary>A VM was bound to a slot, or came with one.</summary>
    internal void Add(int index, ulong nowNs)
    {
        ref MachineRecord record = ref table[index];
        record.ClockPosition = _members.Count;
        record.VisitNs = nowNs;
        record.Heat = 0;
        _members.Add(index);
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

    /// <summary>A VM that holds a slot was woken.</summary>
    internal void Touch(int index, ulong nowNs)
    {
        ref MachineRecord record = ref table[index];
        if (nowNs - record.VisitNs >= VisitNs)
        {
            record.VisitNs = nowNs;
            record.Heat = (byte)(record.Heat == HeatMax ? HeatMax : record.Heat + 1);
        }
    }

    /// <summary>Chooses a VM that can give up its slot.</summary>
    /// <param name="canPark">Whether one can.</param>
    /// <returns>The VM, or <see cref="MachineRecord.None"/> if there is none.</returns>
    internal int FindVictim(Func<int, bool> canPark)
    {
        // Whoever is warm is cold after HeatMax rounds.
        for (int steps = _members.Count * (HeatMax + 1); steps > 0; steps--)
        {
            _hand = _hand >= _members.Count - 1 ? 0 : _hand + 1;
            int index = _members[_hand];
            if (!canPark(index))
            {
                continue;
            }

            if (table[index].Heat == 0)
            {
                return index;
            }

            table[index].Heat--;
        }

        return MachineRecord.None;
    }
}
