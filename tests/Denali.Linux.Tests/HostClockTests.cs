// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Linq;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>The clock from the time stamp counter keeps up with Linux's own.</summary>
public sealed class HostClockTests
{
    private static readonly Lazy<uint> s_tscKhz = new(MeasureTscKhz);

    [Fact]
    public void NowNs_ReadOften_NeverGoesBack()
    {
        var clock = new HostClock(s_tscKhz.Value);
        ulong last = clock.NowNs;
        int steps = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            ulong now = clock.NowNs;
            Assert.True(now >= last);
            steps += now > last ? 1 : 0;
            last = now;
        }

        Assert.True(steps > 1_000);
    }

    [Fact]
    public void NowNs_OverBusyTime_AgreesWithTheStopwatch()
    {
        var clock = new HostClock(s_tscKhz.Value);
        double start = DifferenceMs(clock);
        Spend(TimeSpan.FromMilliseconds(200));
        Assert.InRange(DifferenceMs(clock) - start, -1, 1);
    }

    [Fact]
    public void NowNs_AtTheStart_IsTheMonotonicClock()
    {
        // On Linux the stopwatch is CLOCK_MONOTONIC.
        Assert.InRange(DifferenceMs(new HostClock(s_tscKhz.Value)), -1, 1);
    }

    [Fact]
    public void WallClockOffset_GivesTheTimeOfDay()
    {
        var clock = new HostClock(s_tscKhz.Value);
        long wallNs = (long)clock.NowNs + clock.WallClockOffsetNs();
        TimeSpan difference = DateTimeOffset.UnixEpoch.AddTicks(wallNs / 100) - TimeProvider.System.GetUtcNow();
        Assert.InRange(difference.TotalSeconds, -5, 5);
    }

    [Theory]
    [InlineData(1_000_001u)]
    [InlineData(2_445_404u)]
    [InlineData(6_000_000u)]
    [InlineData(uint.MaxValue)]
    public void Multiplier_OfAnyFrequency_GivesOneSecondPerSecond(uint tscKhz)
    {
        var clock = new HostClock(tscKhz);
        ulong second = (ulong)(((UInt128)tscKhz * 1_000 * clock.Multiplier) >> 32);

        // The multiplier is rounded down to 2^-32: a few nanoseconds per second.
        Assert.InRange(second, 1_000_000_000UL - 10, 1_000_000_000UL);
        Assert.Equal(tscKhz, clock.TscKhz);
    }

    [Fact]
    public void NowNs_FromAnotherClock_IsTheSameTime()
    {
        HostClock[] clocks = [.. Enumerable.Range(0, 5).Select(_ => new HostClock(s_tscKhz.Value))];
        ulong[] times = [.. clocks.Select(clock => clock.NowNs)];

        Assert.InRange(times.Max() - times.Min(), 0u, 50_000_000u);
    }

    [Fact]
    public void NowNs_Read_AllocatesNothing()
    {
        var clock = new HostClock(s_tscKhz.Value);
        ulong sum = clock.NowNs;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            sum += clock.NowNs;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0u, sum);
    }

    private static void Spend(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
        }
    }

    // Between two looks at the stopwatch that were close together: the thread was not interrupted meanwhile.
    private static double DifferenceMs(HostClock clock)
    {
        for (int i = 0; i < 1_000; i++)
        {
            long before = Stopwatch.GetTimestamp();
            ulong now = clock.NowNs;
            long after = Stopwatch.GetTimestamp();
            if (after - before < Stopwatch.Frequency / 50_000)
            {
                return (now / 1e6) - (before * 1e3 / Stopwatch.Frequency);
            }
        }

        throw new InvalidOperationException("the host never let this thread run for 20 microseconds");
    }

    private static uint MeasureTscKhz()
    {
        var counter = new TimestampCounter();
        counter.Read();
        double best = double.MaxValue;
        double khz = 0;
        for (int i = 0; i < 5; i++)
        {
            long before = Stopwatch.GetTimestamp();
            ulong first = counter.Read();
            long start = Stopwatch.GetTimestamp();
            Spend(TimeSpan.FromMilliseconds(40));
            long end = Stopwatch.GetTimestamp();
            ulong last = counter.Read();
            long after = Stopwatch.GetTimestamp();
            double uncertain = (start - before) + (after - end);
            if (uncertain < best)
            {
                best = uncertain;
                double elapsedMs = ((after + end) - (start + before)) / 2.0 * 1e3 / Stopwatch.Frequency;
                khz = (last - first) / elapsedMs;
            }
        }

        return (uint)khz;
    }
}
