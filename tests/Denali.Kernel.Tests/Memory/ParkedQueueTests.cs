// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>Who goes to the swap file: the unpopular, even while a sweep parks everybody once.</summary>
public sealed class ParkedQueueTests : IDisposable
{
    private const int Room = 32;

    private readonly MachineTable _table = new();
    private readonly ParkedQueue _queue;
    private ulong _nowNs = SlotClock.VisitNs;

    public ParkedQueueTests() => _queue = new ParkedQueue(_table);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void Coldest_Sweep_LeavesThePopularOnesAlone()
    {
        int[] popular = [.. Enumerable.Range(0, Room / 2).Select(_ => _table.Rent())];
        Array.ForEach(popular, Park);
        Array.ForEach(popular, Visit);
        var gone = new List<int>();
        for (int i = 0; i < 1_000; i++)
        {
            Park(_table.Rent());
            Visit(popular[i % popular.Length]);
            if (_queue.Count > Room)
            {
                gone.Add(TakeColdest());
            }
        }

        Assert.NotEmpty(gone);
        Assert.Empty(gone.Intersect(popular));
    }

    [Fact]
    public void Wake_SeveralTimesInOneVisit_DoesNotMakeWarm()
    {
        int once = _table.Rent();
        int twice = _table.Rent();
        Park(once);
        Park(twice);
        for (int i = 0; i < 5; i++)
        {
            // What a page brings: its requests, its timers.
            _queue.Wake(once, _nowNs += SlotClock.VisitNs / 10);
            _queue.Add(once);
        }

        Assert.False(_table[once].IsReused);
        Visit(twice);
        Assert.True(_table[twice].IsReused);
        Assert.Equal(once, TakeColdest());
    }

    [Fact]
    public void Coldest_OnlyPopularOnes_TakesTheOneThatWasVisitedLongestAgo()
    {
        int[] popular = [.. Enumerable.Range(0, 4).Select(_ => _table.Rent())];
        Array.ForEach(popular, Park);
        foreach (int index in (int[])[popular[2], popular[0], popular[3], popular[1]])
        {
            Visit(index);
        }

        Assert.Equal([popular[2], popular[0], popular[3], popular[1]], popular.Select(_ => TakeColdest()));
        Assert.Equal(MachineRecord.None, _queue.Coldest());
    }

    /// <summary>A VM that was bound just now idles and is parked.</summary>
    private void Park(int index)
    {
        _table[index].VisitNs = _nowNs;
        _queue.Add(index);
    }

    private void Visit(int index)
    {
        _queue.Wake(index, _nowNs += SlotClock.VisitNs);
        Park(index);
    }

    private int TakeColdest()
    {
        int index = _queue.Coldest();
        _queue.Remove(index);
        return index;
    }
}
