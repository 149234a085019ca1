// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Bench.Zipf;
using Xunit;

namespace Denali.Bench.Tests.Zipf;

/// <summary>Ranks come as often as the distribution says.</summary>
public sealed class ZipfSamplerTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.8)]
    [InlineData(1.0)]
    [InlineData(1.2)]
    public void Next_ManyDraws_PassTheChiSquareTest(double alpha)
    {
        const int Ranks = 100;
        const int Draws = 200_000;

        // The 0.9999 quantile of chi-square with 99 degrees of freedom; the seed is fixed, so this does not flicker.
        const double Critical = 161.4;
        var sampler = new ZipfSampler(Ranks, alpha, seed: 7);
        int[] counts = new int[Ranks];
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Next() - 1]++;
        }

        double normal = Enumerable.Range(1, Ranks).Sum(rank => Math.Pow(rank, -alpha));
        double chiSquare = Enumerable.Range(1, Ranks).Sum(rank =>
        {
            double expected = Draws * Math.Pow(rank, -alpha) / normal;
            return Math.Pow(counts[rank - 1] - expected, 2) / expected;
        });
        Assert.True(chiSquare < Critical, $"{chiSquare}");
    }

    [Fact]
    public void ProbabilityOf_AllRanks_IsOneAndFallsAsThePowerSays()
    {
        var sampler = new ZipfSampler(1_000_000, 1.0, seed: 1);

        Assert.Equal(10, sampler.ProbabilityOf(1) / sampler.ProbabilityOf(10), 6);
        Assert.Equal(1, Enumerable.Range(1, 1_000_000).Sum(sampler.ProbabilityOf), 6);
    }

    [Fact]
    public void Next_OneRank_IsAlwaysThat()
    {
        var sampler = new ZipfSampler(1, 1.0, seed: 1);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(1, sampler.Next()));
    }

    [Fact]
    public void RankOf_EveryPage_IsTheRankThatHasIt()
    {
        var popularity = new Popularity(1_000);

        Assert.All(Enumerable.Range(1, 1_000), rank => Assert.Equal(rank, popularity.RankOf(popularity.PageOf(rank))));
        Assert.NotEqual(Enumerable.Range(0, 10), Enumerable.Range(1, 10).Select(popularity.PageOf));
    }
}
