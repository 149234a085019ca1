// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>Who gives up a slot: the unpopular, even while a sweep wakes everybody once.</summary>
public sealed class SlotClockTests : IDisposable
{
    private const int Slots = 16;

    private readonly MachineTable _table = new();
    private readonly SlotClock _clock;

    public SlotClockTests() => _clock = new SlotClock(_table);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void FindVictim_Sweep_LeavesThePopularOnesAlone()
    {
        int[] popular = [.. Enumerable.Range(0, Slots / 2).Select(_ => _table.Rent())];
        ulong now = 0;
        foreach (int index in popular)
        {
            _clock.Add(index, now);
            _clock.Touch(index, SlotClock.VisitNs);
        }

        now = SlotClock.VisitNs;
        var evicted = new List<int>();
        for (int i = 0; i < 1_000; i++)
        {
            // A visitor of each popular one now and then, and one of a VM that nobody else visits.
            now += SlotClock.VisitNs / 4;
            _clock.Touch(popular[i % popular.Length], now);
            if (_clock.Count == Slots)
            {
                int victim = _clock.FindVictim(_ => true);
                evicted.Add(victim);
                _clock.Remove(victim);
            }

            int swept = _table.Rent();
            _clock.Add(swept, now);
            _clock.Touch(swept, now + 1);
        }

        Assert.NotEmpty(evicted);
        Assert.Empty(evicted.Intersect(popular));
    }

    [Fact]
    public void FindVictim_AllWarm_TakesOneAllTheSame()
    {
        int[] all = [.. Enumerable.Range(0, 4).Select(_ => _table.Rent())];
        foreach (int index in all)
        {
            _clock.Add(index, 0);
            for (ulong visit = 1; visit < 10; visit++)
            {
                _clock.Touch(index, visit * SlotClock.VisitNs);
            }
        }

        Assert.Contains(_clock.FindVictim(_ => true), all);
    }

    [Fact]
    public void FindVictim_NobodyCan_FindsNone()
    {
        _clock.Add(_table.Rent(), 0);

        Assert.Equal(MachineRecord.None, _clock.FindVictim(_ => false));
        Assert.Equal(MachineRecord.None, new SlotClock(_table).FindVictim(_ => true));
    }

    [Fact]
    public void Remove_AnyOrder_KeepsTheOthers()
    {
        int[] all = [.. Enumerable.Range(0, 9).Select(_ => _table.Rent())];
        foreach (int index in all)
        {
            _clock.Add(index, 0);
        }

        foreach (int index in (int[])[all[4], all[8], all[0]])
        {
            _clock.Remove(index);
        }

        var seen = new HashSet<int>();
        while (_clock.Count > 0)
        {
            int victim = _clock.FindVictim(_ => true);
            Assert.True(seen.Add(victim));
            _clock.Remove(victim);
        }

        Assert.Equal([all[1], all[2], all[3], all[5], all[6], all[7]], seen.Order());
    }
}
