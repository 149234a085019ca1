// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Bench;

/// <summary>Figures from repeated measurements.</summary>
internal static class Statistics
{
    /// <summary>The middle value.</summary>
    /// <param name="values">At least one.</param>
    /// <returns>The median.</returns>
    internal static double Median(IEnumerable<double> values) => Percentile(values, 50);

    /// <summary>A percentile by linear interpolation.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="percent">0 to 100.</param>
    /// <returns>The value.</returns>
    internal static double Percentile(IEnumerable<double> values, double percent)
    {
        double[] sorted = [.. values.Order()];
        double position = (sorted.Length - 1) * percent / 100;
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
