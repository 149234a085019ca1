// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading;

namespace Denali.Kernel;

/// <summary>
/// How often something took how long: each power of two of nanoseconds in eight steps, so that a percentile is at most
/// an eighth too high. One thread counts; any thread may read.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepShift = 3;
    private const int Steps = 1 << StepShift;

    private readonly ulong[] _counts = new ulong[64 << StepShift];

    /// <summary>Counts one.</summary>
    /// <param name="nanoseconds">How long it took.</param>
    internal void Add(ulong nanoseconds) => _counts[BucketOf(nanoseconds)]++;

    /// <summary>Adds all that another has counted to sums.</summary>
    /// <param name="sums">As long as <see cref="Length"/>.</param>
    internal void AddTo(Span<ulong> sums)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            sums[i] += Volatile.Read(ref _counts[i]);
        }
    }

    /// <summary>Number of sums.</summary>
    internal static int Length => 64 << StepShift;

    /// <summary>Below which time so many of a hundred lie.</summary>
    /// <param name="sums">What <see cref="AddTo"/> has summed up.</param>
    /// <param name="percent">How many, 0 to 100.</param>
    /// <returns>Nanoseconds; 0 if nothing was counted.</returns>
    internal static ulong Percentile(ReadOnlySpan<ulong> sums, double percent)
    {
        ulong total = 0;
        foreach (ulong sum in sums)
        {
            total += sum;
        }

        double rank = total * percent / 100;
        ulong passed = 0;
        for (int i = 0; i < sums.Length && total > 0; i++)
        {
            passed += sums[i];
            if (passed >= rank && sums[i] > 0)
            {
                return UpperEndOf(i);
            }
        }

        return 0;
    }

    /// <summary>The steps of a distribution that something took.</summary>
    /// <param name="sums">What <see cref="AddTo"/> has summed up.</param>
    /// <returns>Those that are not empty, the shortest first.</returns>
    internal static List<LatencyStep> StepsOf(ReadOnlySpan<ulong> sums)
    {
        var steps = new List<LatencyStep>();
        for (int i = 0; i < sums.Length; i++)
        {
            if (sums[i] > 0)
            {
                steps.Add(new LatencyStep(UpperEndOf(i), sums[i]));
            }
        }

        return steps;
    }

    private static int BucketOf(ulong value)
    {
        if (value < Steps)
        {
            return (int)value;
        }

        int power = BitOperations.Log2(value);
        return ((power - StepShift + 1) << StepShift) + (int)((value >> (power - StepShift)) & (Steps - 1));
    }

    private static ulong UpperEndOf(int bucket)
    {
        if (bucket < Steps)
        {
            return (ulong)bucket;
        }

        int shift = (bucket >> StepShift) - 1;
        return ((ulong)(Steps + (bucket & (Steps - 1)) + 1) << shift) - 1;
    }
}
