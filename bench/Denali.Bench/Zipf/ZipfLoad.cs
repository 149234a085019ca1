// SPDX-License-Identifier: MIT
using System;
using Denali.Bench.Visits;

namespace Denali.Bench.Zipf;

/// <summary>Puts the same load on every server: first as much as it takes, then 70 % of that.</summary>
/// <param name="count">Pages.</param>
/// <param name="isQuick">Whether for a short time.</param>
internal sealed class ZipfLoad(int count, bool isQuick)
{
    private const int Visitors = 32;
    private const double Share = 0.7;

    private readonly double _fullSeconds = isQuick ? 1 : 4;
    private readonly double _partSeconds = isQuick ? 2 : 12;

    /// <summary>How many pages there are.</summary>
    internal int Count => count;

    /// <summary>Which of them are popular.</summary>
    internal Popularity Popularity { get; } = new(count);

    /// <summary>Measures a server.</summary>
    internal ZipfResult Put(IPageServer server, double alpha)
    {
        TimeProvider time = TimeProvider.System;
        var sampler = new ZipfSampler(count, alpha, seed: 1);
        long end = time.GetTimestamp() + (long)(_fullSeconds * time.TimestampFrequency);
        (long visits, double seconds) = new ClosedLoop(server.Host, server.Pages).Run(
            () => time.GetTimestamp() < end ? Popularity.PageOf(sampler.Next()) : ClosedLoop.NoPage, Visitors);
        double perSecond = visits / seconds;
        var times = new RankLatencies(count);
        _ = new OpenLoop(server.Host, server.Pages).Run(
            () => Popularity.PageOf(sampler.Next()),
            perSecond * Share,
            TimeSpan.FromSeconds(_partSeconds),
            visitor => times.Add(
                Popularity.RankOf(visitor.Page),
                (long)(time.GetElapsedTime(visitor.IntendedTicks).TotalMicroseconds * 1_000)));
        return new ZipfResult(perSecond, times);
    }
}
