// SPDX-License-Identifier: MIT
using System;

namespace Denali.Bench.Zipf;

/// <summary>Draws ranks so that the one of rank r is drawn in proportion to r to the power of minus alpha.</summary>
internal sealed class ZipfSampler
{
    private readonly double[] _cumulative;
    private readonly Random _random;

    /// <summary>Prepares to draw.</summary>
    /// <param name="count">Ranks, from 1 to this.</param>
    /// <param name="alpha">How steep the distribution is; 0 for all alike.</param>
    /// <param name="seed">Draws are the same for the same seed.</param>
    internal ZipfSampler(int count, double alpha, int seed)
    {
        _random = new Random(seed);
        _cumulative = new double[count];
        double sum = 0;
        for (int rank = 1; rank <= count; rank++)
        {
            sum += Math.Pow(rank, -alpha);
            _cumulative[rank - 1] = sum;
        }
    }

    /// <summary>How likely a rank is.</summary>
    /// <param name="rank">From 1.</param>
    internal double ProbabilityOf(int rank) =>
        (_cumulative[rank - 1] - (rank == 1 ? 0 : _cumulative[rank - 2])) / _cumulative[^1];

    /// <summary>Draws a rank, from 1. One thread at a time.</summary>
    internal int Next()
    {
        int at = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);

        // What lies between two sums belongs to the upper one.
        return Math.Min(at < 0 ? ~at : at + 1, _cumulative.Length - 1) + 1;
    }
}
