// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>The timer sends the kick signal once, not early, to the thread that made it.</summary>
public sealed class PreemptionTimerTests
{
    private const long Millisecond = 1_000_000;
    private const long Long = 30_000 * Millisecond;

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5 * Millisecond)]
    public void Arm_Delay_SignalsOnceAndNotEarly(long delayNs) => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        using var timer = new PreemptionTimer();
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            timer.Arm(delayNs);
            Assert.True(ThreadSignal.Wait(Long));
            Assert.True(Stopwatch.GetElapsedTime(start).TotalNanoseconds >= delayNs);
            Assert.False(ThreadSignal.Wait(0));
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    public void Arm_NoDelay_SignalsAtOnce(long delayNs) => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        using var timer = new PreemptionTimer();
        timer.Arm(delayNs);
        Assert.True(ThreadSignal.Wait(Long));
    });

    [Fact]
    public void Arm_MostOften_IsOnTime() => OwnThread.Run(() =>
    {
        // A median, because the host may run something else for a while; generous, because it may be slow.
        ThreadSignal.BlockInThisThread();
        using var timer = new PreemptionTimer();
        double[] late = new double[21];
        for (int i = 0; i < late.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            timer.Arm(Millisecond);
            Assert.True(ThreadSignal.Wait(Long));
            late[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds - 1;
        }

        Array.Sort(late);
        Assert.InRange(late[late.Length / 2], 0, 20);
    });

    [Fact]
    public void Arm_Again_ReplacesTheFirstSetting() => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        using var timer = new PreemptionTimer();
        timer.Arm(Long);
        timer.Arm(Millisecond);
        Assert.True(ThreadSignal.Wait(Long));
        Assert.False(ThreadSignal.Wait(0));
    });

    [Fact]
    public void Disarm_BeforeTheTime_SendsNothing() => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        using var timer = new PreemptionTimer();
        timer.Arm(20 * Millisecond);
        timer.Disarm();
        Assert.False(ThreadSignal.Wait(40 * Millisecond));
    });

    [Fact]
    public void Arm_AfterDispose_Throws() => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        var timer = new PreemptionTimer();
        timer.Arm(20 * Millisecond);
        timer.Dispose();
        timer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => timer.Arm(1));
        Assert.Throws<ObjectDisposedException>(timer.Disarm);
        Assert.False(ThreadSignal.Wait(40 * Millisecond));
    });
}
