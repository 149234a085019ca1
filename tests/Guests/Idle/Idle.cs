// SPDX-License-Identifier: MIT
using System;
using GuestTests;
using Ilwaco;

/// <summary>Measures how late the VM comes back from idling, and that it never comes back early.</summary>
internal static unsafe class Idle
{
    private const int Rounds = 50;

    private static int Main()
    {
        TestReport.Begin("idle"u8);
        TestReport.Run("sleeps_end_late_not_early"u8, &SleepsEndLateNotEarly);
        TestReport.Run("short_sleeps_make_progress"u8, &ShortSleepsMakeProgress);
        return TestReport.End("idle"u8);
    }

    private static void SleepsEndLateNotEarly()
    {
        for (ulong sleepNs = 1000; sleepNs <= 10 * Clock.NsPerMs; sleepNs *= 10)
        {
            long worst = 0;
            long best = long.MaxValue;
            long sum = 0;
            for (int i = 0; i < Rounds; i++)
            {
                ulong due = Clock.MonotonicNs + sleepNs;
                GuestThread.SleepUntil(due);
                long late = (long)(Clock.MonotonicNs - due);
                worst = late > worst ? late : worst;
                best = late < best ? late : best;
                sum += late;
            }

            TestReport.CheckRange(best, 0, 20_000_000_000, "lateness in ns"u8);
            Report("mean"u8, sleepNs, sum / Rounds);
            Report("best"u8, sleepNs, best);
            Report("worst"u8, sleepNs, worst);
        }
    }

    private static void Report(ReadOnlySpan<byte> kind, ulong sleepNs, long lateNs)
    {
        Utf8Writer name = new(stackalloc byte[64]);
        name.Write("idle_"u8);
        name.WriteDecimal(sleepNs / Clock.NsPerUs);
        name.Write("_us_late_"u8);
        name.Write(kind);
        name.Write("_ns"u8);
        TestReport.Value(name.Written, (ulong)lateNs);
    }

    private static void ShortSleepsMakeProgress()
    {
        // Shorter than an exit takes, with a high priority: the other thread must still get somewhere.
        ulong until = Clock.MonotonicNs + (50 * Clock.NsPerMs);
        long sleeps = 0;
        GuestThread sleeper = GuestThread.Start(
            () =>
            {
                while (Clock.MonotonicNs < until)
                {
                    GuestThread.Sleep(1000);
                    sleeps++;
                }
            },
            ThreadPriority.High);
        long count = 0;
        while (!sleeper.HasEnded)
        {
            count++;
        }

        TestReport.CheckRange(count, 1000, long.MaxValue, "steps of the other thread"u8);
        TestReport.CheckRange(sleeps, 2, long.MaxValue, "sleeps"u8);
        TestReport.Value("short_sleeps_in_50_ms"u8, (ulong)sleeps);
    }
}
