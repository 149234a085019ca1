// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Kernel;

namespace Denali.Control.Api;

/// <summary>How often something happened, and how long it took.</summary>
/// <param name="Count">How often since the start.</param>
/// <param name="P50Seconds">What half of them did not exceed.</param>
/// <param name="P99Seconds">What 99 of 100 did not exceed.</param>
public sealed record LatencySample(ulong Count, double P50Seconds, double P99Seconds)
{
    /// <summary>How often it took how long since the start, the shortest first; nothing where only the percentiles are
    /// known.</summary>
    public IReadOnlyList<LatencyStep> Steps { get; init; } = [];

    /// <summary>Tells what happened between an earlier sample of the same and this one.</summary>
    /// <param name="before">The earlier; of a kernel that has been started anew since, all counts.</param>
    /// <returns>How often it happened in between, and its percentiles; these are 0 if it did not happen.</returns>
    public LatencySample Since(LatencySample before)
    {
        ArgumentNullException.ThrowIfNull(before);
        Dictionary<ulong, ulong> earlier = Count < before.Count
            ? []
            : before.Steps.ToDictionary(step => step.Ns, step => step.Count);
        LatencyStep[] between =
        [
            .. Steps.Select(step => step with { Count = More(step.Count, earlier.GetValueOrDefault(step.Ns)) })
                .Where(step => step.Count > 0),
        ];
        ulong count = between.Aggregate(0UL, (sum, step) => sum + step.Count);
        return new LatencySample(count, Percentile(between, count, 0.5), Percentile(between, count, 0.99))
        {
            Steps = between,
        };
    }

    private static ulong More(ulong now, ulong before) => now > before ? now - before : 0;

    private static double Percentile(LatencyStep[] steps, ulong count, double part)
    {
        ulong passed = 0;
        foreach (LatencyStep step in steps)
        {
            passed += step.Count;
            if (passed >= count * part)
            {
                return step.Ns / 1e9;
            }
        }

        return 0;
    }
}
