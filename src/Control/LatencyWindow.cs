// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using System.Threading;
using Denali.Control.Api;

namespace Denali.Control;

/// <summary>
/// How long something took of late: counts in buckets that grow by an eighth, for the last two windows of time.
/// Counting neither locks nor allocates; a time is told with an error of an eighth at most.
/// </summary>
/// <remarks>Any thread.</remarks>
public sealed class LatencyWindow
{
    // 8 buckets for each power of two of nanoseconds.
    private const int SubBits = 3;
    private const int BucketCount = 64 << SubBits;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long[] _now = new long[BucketCount];
    private long[] _before = new long[BucketCount];
    private long _turned;
    private long _count;

    /// <summary>Begins to count.</summary>
    /// <param name="time">The clock.</param>
    public LatencyWindow(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _turned = time.GetTimestamp();
    }

    /// <summary>Counts one.</summary>
    /// <param name="took">How long it took.</param>
    public void Add(TimeSpan took)
    {
        Turn();
        Interlocked.Increment(ref _count);
        ulong nanoseconds = (ulong)Math.Clamp(took.Ticks, 0, long.MaxValue / 100) * 100;
        Interlocked.Increment(ref Volatile.Read(ref _now)[IndexOf(nanoseconds)]);
    }

    /// <summary>Tells how many there were since the start, and the percentiles of late.</summary>
    /// <returns>A sample.</returns>
    public LatencySample Sample()
    {
        Turn();
        long[] sum = new long[BucketCount];
        lock (_gate)
        {
            for (int i = 0; i < BucketCount; i++)
            {
                sum[i] = Volatile.Read(ref _now[i]) + Volatile.Read(ref _before[i]);
            }
        }

        return new LatencySample((ulong)Volatile.Read(ref _count), Percentile(sum, 0.5), Percentile(sum, 0.99));
    }

    private static int IndexOf(ulong nanoseconds)
    {
        if (nanoseconds < 1 << SubBits)
        {
            return (int)nanoseconds;
        }

        int power = BitOperations.Log2(nanoseconds);
        return ((power - SubBits + 1) << SubBits) | (int)((nanoseconds >> (power - SubBits)) & ((1 << SubBits) - 1));
    }

    // The end of a bucket: what none in it exceeded.
    private static double EndOf(int index)
    {
        int power = index >> SubBits;
        return power == 0
            ? (index + 1) * 1e-9
            : Math.ScaleB((1 << SubBits) + (index & ((1 << SubBits) - 1)) + 1, power - 1) * 1e-9;
    }

    private static double Percentile(long[] buckets, double part)
    {
        long all = 0;
        Array.ForEach(buckets, count => all += count);
        if (all == 0)
        {
            return 0;
        }

        long rank = Math.Max(1, (long)Math.Ceiling(all * part));
        int index = -1;
        for (long seen = 0; seen < rank; seen += buckets[index])
        {
            index++;
        }

        return EndOf(index);
    }

    private void Turn()
    {
        long turned = Volatile.Read(ref _turned);
        TimeSpan age = _time.GetElapsedTime(turned);
        if (age < s_window || !_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (Volatile.Read(ref _turned) != turned)
            {
                return;
            }

            // Whoever counts at this moment may still count into the older one, which is no harm.
            long[] oldest = _before;
            _before = _now;
            Array.Clear(oldest);
            Volatile.Write(ref _now, oldest);
            if (age >= s_window * 2)
            {
                Array.Clear(_before);
            }

            Volatile.Write(ref _turned, _time.GetTimestamp());
        }
        finally
        {
            _gate.Exit();
        }
    }
}
