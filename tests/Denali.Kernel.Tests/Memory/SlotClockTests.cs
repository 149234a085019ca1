// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Hardware;
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
        foreach (int index in popular)
        {
            _clock.Add(index, SlotClock.VisitNs);
            _clock.Touch(index, 2 * SlotClock.VisitNs);
        }

        ulong now = 2 * SlotClock.VisitNs;
        var evicted = new List<int>();
        for (int i = 0; i < 1_000; i++)
        {
            // A visitor of each popular one now and then, and one of a VM that nobody else visits.
            now += SlotClock.VisitNs / 4;
            _clock.Touch(popular[i % popular.Length], now);
            if (_clock.Count == Slots)
            {
                int victim = _clock.FindVictim(now, _ => true);
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
    public void FindVictim_SlotLostBeforeTheSecondVisit_StillLearnsWhoIsPopular()
    {
        // So many VMs want slots that one keeps its slot for 80 ms. The popular ones come back after half of that, and
        // everybody else never.
        const int Many = 2 * Slots;
        const ulong StepNs = 1_250_000;
        int[] popular = [.. Enumerable.Range(0, Many / 2).Select(_ => _table.Rent())];
        ulong now = SlotClock.VisitNs;
        int missed = 0;
        const int Visits = 4_000;
        for (int i = 0; i < Visits; i++)
        {
            int index = popular[i % popular.Length];
            if (_table[index].ClockPosition == MachineRecord.None || i < popular.Length)
            {
                missed += i >= Visits / 2 ? 1 : 0;
                _ = Bind(index, Many, now);
            }

            _clock.Touch(index, now);
            _ = Bind(_table.Rent(), Many, now + StepNs);
            now += 2 * StepNs;
        }

        Assert.InRange(missed, 0, Visits / 2 / 20);
    }

    [Fact]
    public void FindVictim_VisitMayBeUnderWay_TakesAnother()
    {
        ulong now = 3 * SlotClock.VisitNs;
        int popular = Bind(_table.Rent(), Slots, SlotClock.VisitNs);
        _clock.Touch(popular, 2 * SlotClock.VisitNs);
        int visited = Bind(_table.Rent(), Slots, now);
        _table[visited].IdledNs = now;

        Assert.Equal(popular, _clock.FindVictim(now + SlotClock.YoungNs - 1, _ => true));
        Assert.Equal(visited, _clock.FindVictim(now + SlotClock.YoungNs - 1, index => index == visited));
        Assert.Equal(visited, _clock.FindVictim(now + SlotClock.YoungNs, _ => true));
    }

    [Fact]
    public void FindVictim_JustIdle_WaitsForWhatComesBack()
    {
        ulong now = SlotClock.VisitNs;
        int visited = Bind(_table.Rent(), Slots, now);
        _table[visited].IdledNs = now;

        Assert.Equal(MachineRecord.None, _clock.FindVictim(now + SlotClock.RestNs - 1, _ => true));
        Assert.Equal(now + SlotClock.RestNs, _clock.NextNs);
        Assert.Equal(visited, _clock.FindVictim(_clock.NextNs, _ => true));
        Assert.Equal(InstructionPage.Never, _clock.NextNs);
    }

    [Fact]
    public void FindVictim_AllYoung_TakesTheOneThatIdlesLongest()
    {
        ulong now = SlotClock.VisitNs;
        int[] all = [.. Enumerable.Range(0, 4).Select(_ => Bind(_table.Rent(), Slots, now))];
        ulong idled = now;
        foreach (int index in (int[])[all[2], all[0], all[3], all[1]])
        {
            _table[index].IdledNs = idled++;
        }

        Assert.Equal(all[2], _clock.FindVictim(now + (2 * SlotClock.RestNs), _ => true));
    }

    [Fact]
    public void FindVictim_PopularLongAgo_GoesBeforeOneOfLate()
    {
        int once = _table.Rent();
        _clock.Add(once, SlotClock.VisitNs);
        for (ulong visit = 2; visit < 6; visit++)
        {
            _clock.Touch(once, visit * SlotClock.VisitNs);
        }

        int late = _table.Rent();
        ulong now = 10 * SlotClock.HalfLifeNs;
        _clock.Add(late, now);

        Assert.Equal(once, _clock.FindVictim(now + SlotClock.VisitNs, _ => true));
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

        Assert.Contains(_clock.FindVictim(10 * SlotClock.VisitNs, _ => true), all);
    }

    [Fact]
    public void FindVictim_NobodyCan_FindsNone()
    {
        _clock.Add(_table.Rent(), 0);

        Assert.Equal(MachineRecord.None, _clock.FindVictim(0, _ => false));
        Assert.Equal(MachineRecord.None, new SlotClock(_table).FindVictim(0, _ => true));
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
            int victim = _clock.FindVictim(SlotClock.VisitNs, _ => true);
            Assert.True(seen.Add(victim));
            _clock.Remove(victim);
        }

        Assert.Equal([all[1], all[2], all[3], all[5], all[6], all[7]], seen.Order());
    }

    private int Bind(int index, int slots, ulong now)
    {
        if (_clock.Count == slots)
        {
            _clock.Remove(_clock.FindVictim(now, _ => true));
        }

        _clock.Add(index, now);
        return index;
    }
}
