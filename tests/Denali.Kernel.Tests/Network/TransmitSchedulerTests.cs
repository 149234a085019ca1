// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Denali.Hardware;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Who waits comes out when it is time, once, and in order.</summary>
public sealed class TransmitSchedulerTests
{
    private const int Machines = 50;

    private readonly PortTable _table = new();
    private readonly TransmitScheduler _scheduler;

    public TransmitSchedulerTests()
    {
        for (int i = 0; i < Machines; i++)
        {
            _table.Attach(i, (ulong)i + 1, new NetworkOptions());
        }

        _scheduler = new TransmitScheduler(_table);
    }

    [Fact]
    public void Backlog_IsServedInTurns()
    {
        Assert.False(_scheduler.TryTake(out _));
        foreach (int index in new[] { 3, 1, 2 })
        {
            _scheduler.AddBacklog(index);
        }

        Assert.Equal([3, 1, 2], TakeAll(_scheduler));
        Assert.Equal(InstructionPage.Never, _scheduler.NextNs);
    }

    [Fact]
    public void Blocked_ComeBackWhenThereIsRoom()
    {
        _scheduler.Block(1);
        _scheduler.Block(2);
        Assert.False(_scheduler.HasBacklog);
        _scheduler.Unblock();

        Assert.Equal([1, 2], TakeAll(_scheduler));
    }

    [Fact]
    public void Throttled_ComeOutNeverEarlyAndAtMostASlotLate() =>
        Gen.ULong[0, 1UL << 40].Select(Gen.ULong[0, 40_000_000].Array[1, Machines]).Sample(
            (start, delays) =>
            {
                var scheduler = new TransmitScheduler(_table);
                var due = new Dictionary<int, ulong>();
                foreach ((int index, ulong delay) in delays.Index())
                {
                    due.Add(index, start + delay);
                    scheduler.Throttle(index, start + delay, start);
                }

                ulong before = start;
                while (due.Count > 0)
                {
                    ulong next = scheduler.NextNs;
                    Assert.InRange(next, before, before + (64 * TransmitScheduler.SlotNs) + TransmitScheduler.SlotNs);
                    scheduler.Advance(next);
                    foreach (int index in TakeAll(scheduler))
                    {
                        Assert.InRange(next, due[index], due[index] + TransmitScheduler.SlotNs);
                        due.Remove(index);
                    }

                    before = next;
                }
            },
            iter: Iterations.Of(500),
            threads: 1);

    [Fact]
    public void Throttled_LongerThanTheWheel_IsLookedAtOncePerRound()
    {
        _scheduler.Throttle(1, 1UL << 50, 0);
        ulong next = _scheduler.NextNs;

        Assert.Equal(64 * TransmitScheduler.SlotNs, next);
        _scheduler.Advance(next);
        Assert.Equal([1], TakeAll(_scheduler));
    }

    [Fact]
    public void Remove_WhateverItWaitsFor_LeavesTheOthers()
    {
        _scheduler.AddBacklog(1);
        _scheduler.AddBacklog(2);
        _scheduler.Block(3);
        _scheduler.Throttle(4, 5_000_000, 0);
        foreach (int index in new[] { 1, 3, 4, 5 })
        {
            _scheduler.Remove(index);
            Assert.Equal(TransmitState.Quiet, _table[index].Transmit);
        }

        _scheduler.Unblock();
        Assert.Equal(InstructionPage.Never, _scheduler.NextNs);
        Assert.Equal([2], TakeAll(_scheduler));
    }

    private static int[] TakeAll(TransmitScheduler scheduler)
    {
        var taken = new List<int>();
        while (scheduler.TryTake(out int index))
        {
            taken.Add(index);
        }

        return [.. taken];
    }
}
