// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Control.Api;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Percentiles of late.</summary>
public sealed class LatencyWindowTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Sample_WithoutAny_IsZero() =>
        Assert.Equal(new LatencySample(0, 0, 0), new LatencyWindow(_time).Sample());

    [Fact]
    public void Sample_OfManyTimes_IsRightWithinAnEighth()
    {
        var window = new LatencyWindow(_time);
        foreach (int ms in Enumerable.Range(1, 1000).Reverse())
        {
            window.Add(TimeSpan.FromMilliseconds(ms));
        }

        LatencySample sample = window.Sample();

        Assert.Equal(1000UL, sample.Count);
        Assert.InRange(sample.P50Seconds, 0.500, 0.500 * 1.126);
        Assert.InRange(sample.P99Seconds, 0.990, 0.990 * 1.126);
    }

    [Fact]
    public void Sample_LongAfter_HasForgottenTimesButNotTheCount()
    {
        var window = new LatencyWindow(_time);
        window.Add(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(window.Sample().P50Seconds >= 5);
        window.Add(TimeSpan.FromMilliseconds(1));
        window.Add(TimeSpan.FromMilliseconds(1));
        Assert.InRange(window.Sample().P50Seconds, 0.001, 0.00113);

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.InRange(window.Sample().P99Seconds, 0.001, 0.00113);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(new LatencySample(3, 0, 0), window.Sample());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(long.MaxValue)]
    public void Add_OfAnyTime_IsCounted(long ticks)
    {
        var window = new LatencyWindow(_time);
        window.Add(TimeSpan.FromTicks(ticks));
        Assert.Equal(1UL, window.Sample().Count);
    }
}
