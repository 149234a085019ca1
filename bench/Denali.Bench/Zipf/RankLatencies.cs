// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Bench.Zipf;

/// <summary>The times of visits, by the popularity of what was visited: ranks 1 to 10, 11 to 100, and so on.</summary>
internal sealed class RankLatencies(int count)
{
    private readonly LatencyHistogram[] _decades =
        [.. Enumerable.Range(0, DecadeOf(count) + 1).Select(_ => new LatencyHistogram())];

    /// <summary>The decades that there are, the most popular first: the last rank of each, and its times.</summary>
    internal IEnumerable<(string Ranks, int Last, LatencyHistogram Times)> Decades => _decades.Select((times, decade) =>
    {
        int last = Math.Min(count, (int)Math.Pow(10, decade + 1));
        int first = decade == 0 ? 1 : (int)Math.Pow(10, decade) + 1;
        return (FormattableString.Invariant($"{first:N0}-{last:N0}"), last, times);
    });

    /// <summary>Counts a visit.</summary>
    internal void Add(int rank, long nanoseconds) => _decades[DecadeOf(rank)].Add(nanoseconds);

    private static int DecadeOf(int rank)
    {
        int decade = 0;
        for (int last = 10; rank > last; last *= 10)
        {
            decade++;
        }

        return decade;
    }
}
