// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Numerics;

namespace Denali.Bench.Zipf;

/// <summary>
/// Counts times in buckets whose width grows with the time: each percentile is right to half a percent.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepsLog2 = 8;
    private const int Steps = 1 << StepsLog2;

    private readonly long[] _counts = new long[64 * Steps];

    /// <summary>How many times were counted.</summary>
    internal long Count { get; private set; }

    /// <summary>Counts a time.</summary>
    /// <param name="nanoseconds">The time; a negative one counts as 0.</param>
    internal void Add(long nanoseconds)
    {
        _counts[BucketOf((ulong)Math.Max(nanoseconds, 0))]++;
        Count++;
    }

    /// <summary>The time that so many percent of all do not exceed, in microseconds; NaN if there are none.</summary>
    /// <param name="percent">0 to 100.</param>
    internal double PercentileUs(double percent)
    {
        long needed = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        int bucket = Array.FindIndex(_counts, count => (seen += count) >= needed);
        return bucket < 0 ? double.NaN : MiddleOf(bucket) / 1_000;
    }

    /// <summary>Adds what another one counted.</summary>
    internal void Add(LatencyHistogram other)
    {
        foreach (int bucket in Enumerable.Range(0, _counts.Length))
        {
            _counts[bucket] += other._counts[bucket];
        }

        Count += other.Count;
    }

    // Below 2^StepsLog2 a bucket for each value; above it, so many buckets for each power of two.
    private static int BucketOf(ulong value)
    {
        int shift = Math.Max(BitOperations.Log2(value | 1) - StepsLog2, 0);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static double MiddleOf(int bucket)
    {
        int shift = bucket < 2 * Steps ? 0 : (bucket / Steps) - 1;
        double first = (double)(bucket - (shift * Steps)) * Math.Pow(2, shift);
        return shift == 0 ? first : first + (Math.Pow(2, shift) / 2);
    }
}
