// SPDX-License-Identifier: MIT
using System.Linq;
using Denali.Bench.Zipf;
using Xunit;

namespace Denali.Bench.Tests.Zipf;

/// <summary>Percentiles are right to a few percent, over all lengths of time.</summary>
public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(99)]
    [InlineData(99.9)]
    [InlineData(100)]
    public void PercentileUs_TimesOfManyLengths_IsCloseToTheExactOne(double percent)
    {
        long[] times = [.. Enumerable.Range(1, 10_000).Select(i => (long)i * i * 100)];
        var histogram = new LatencyHistogram();
        foreach (long time in times)
        {
            histogram.Add(time);
        }

        double exact = Statistics.Percentile(times.Select(time => time / 1_000.0), percent);
        Assert.InRange(histogram.PercentileUs(percent), exact * 0.96, exact * 1.04);
    }

    [Fact]
    public void PercentileUs_OneTime_IsThatTime()
    {
        foreach (long time in (long[])[0, 1, 31, 32, 63, 64, 65, 1_000, 123_456_789, long.MaxValue / 2])
        {
            var histogram = new LatencyHistogram();
            histogram.Add(time);
            Assert.InRange(histogram.PercentileUs(50), time / 1_000.0 * 0.97, time / 1_000.0 * 1.03);
        }
    }

    [Fact]
    public void PercentileUs_NoTimes_IsNotANumber() =>
        Assert.Equal(double.NaN, new LatencyHistogram().PercentileUs(50));

    [Fact]
    public void Add_RanksOfDecades_AreCountedThere()
    {
        var latencies = new RankLatencies(250);
        foreach (int rank in (int[])[1, 10, 11, 100, 101, 250])
        {
            latencies.Add(rank, 1_000);
        }

        Assert.Equal(
            [("1-10", 10, 2L), ("11-100", 100, 2L), ("101-250", 250, 2L)],
            latencies.Decades.Select(decade => (decade.Ranks, decade.Last, decade.Times.Count)));
    }
}
