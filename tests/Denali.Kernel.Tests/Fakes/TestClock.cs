// SPDX-License-Identifier: MIT
using System.Diagnostics;
using Denali.Linux;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>The frequency of the time stamp counter, measured once.</summary>
internal static class TestClock
{
    internal static uint TscKhz { get; } = Measure();

    private static uint Measure()
    {
        var counter = new TimestampCounter();
        counter.Read();
        long start = Stopwatch.GetTimestamp();
        ulong first = counter.Read();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 20)
        {
        }

        ulong last = counter.Read();
        return (uint)((last - first) / Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
