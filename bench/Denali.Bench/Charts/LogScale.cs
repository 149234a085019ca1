// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Bench.Charts;

/// <summary>A logarithmic axis.</summary>
internal sealed class LogScale
{
    // With few decades, what lies between them is marked too.
    private const int FewDecades = 2;

    private readonly double _low;
    private readonly double _high;
    private readonly double _from;
    private readonly double _to;

    /// <summary>Makes an axis that has all of some values.</summary>
    /// <param name="values">The values; those that are not positive are left out.</param>
    /// <param name="from">Where the lowest is drawn.</param>
    /// <param name="to">Where the highest is drawn.</param>
    /// <param name="isWhole">Whether it begins and ends with a mark.</param>
    internal LogScale(IEnumerable<double> values, double from, double to, bool isWhole)
    {
        double[] logs = [.. values.Where(Has).Select(Math.Log10)];
        double low = logs.Length == 0 ? 0 : logs.Min();
        double high = logs.Length == 0 ? 1 : logs.Max();
        _low = isWhole ? Math.Floor(low) : low;
        _high = isWhole ? Math.Ceiling(high) : high;
        _high = _high <= _low ? _low + 1 : _high;
        _from = from;
        _to = to;
    }

    /// <summary>Values to be marked.</summary>
    internal IEnumerable<double> Ticks =>
        Enumerable.Range((int)Math.Floor(_low), (int)(Math.Ceiling(_high) - Math.Floor(_low)) + 1)
            .SelectMany(decade => _high - _low <= FewDecades ? Steps(decade) : [Math.Pow(10, decade)])
            .Where(tick => Math.Log10(tick) >= _low - 1e-9 && Math.Log10(tick) <= _high + 1e-9);

    /// <summary>Whether a value can be drawn.</summary>
    internal static bool Has(double value) => value > 0 && double.IsFinite(value);

    /// <summary>Where a value is drawn.</summary>
    internal double At(double value) => _from + ((Math.Log10(value) - _low) / (_high - _low) * (_to - _from));

    private static double[] Steps(int decade) =>
        [Math.Pow(10, decade), 2 * Math.Pow(10, decade), 5 * Math.Pow(10, decade)];
}
