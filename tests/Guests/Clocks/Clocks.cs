// SPDX-License-Identifier: MIT
using System.Threading;
using GuestTests;
using Ilwaco;

/// <summary>Tests the clocks: they never go back, whatever the VM and its threads do meanwhile.</summary>
internal static unsafe class Clocks
{
    private const long FirstOf2025Ns = 1_735_689_600L * 1_000_000_000;
    private const long FirstOf2100Ns = 4_102_444_800L * 1_000_000_000;

    private static ulong s_until;
    private static ulong s_lastNs;
    private static long s_readings;
    private static long s_steps;

    private static int Main()
    {
        TestReport.Begin("clocks"u8);
        TestReport.Run("monotonic_never_goes_back"u8, &MonotonicNeverGoesBack);
        TestReport.Run("monotonic_goes_on_while_idle"u8, &MonotonicGoesOnWhileIdle);
        TestReport.Run("wall_is_plausible"u8, &WallIsPlausible);
        TestReport.Run("wall_keeps_pace"u8, &WallKeepsPace);
        TestReport.Run("after_stops_at_never"u8, &AfterStopsAtNever);
        return TestReport.End("clocks"u8);
    }

    private static void MonotonicNeverGoesBack()
    {
        s_until = Clock.MonotonicNs + Clock.NsPerSecond;
        GuestThread[] threads = new GuestThread[5];
        for (int i = 0; i < threads.Length; i++)
        {
            // Some spin and some sleep in between, one of them with a priority of its own.
            int priority = i == 4 ? ThreadPriority.High : ThreadPriority.Normal;
            threads[i] = GuestThread.Start(&ReadUntil, (void*)(i % 3), priority);
        }

        foreach (GuestThread thread in threads)
        {
            thread.Join();
        }

        TestReport.CheckEqual(s_steps, 0, "steps back"u8);
        TestReport.CheckRange(s_readings, 1000, long.MaxValue, "readings"u8);
        TestReport.Value("clock_readings"u8, (ulong)s_readings);
    }

    private static void ReadUntil(void* kind)
    {
        ulong nowNs = 0;
        while (nowNs < s_until)
        {
            // What was noted before this reading began must not be later than it.
            ulong lastNs = Volatile.Read(ref s_lastNs);
            nowNs = Clock.MonotonicNs;
            if (nowNs < lastNs)
            {
                Interlocked.Increment(ref s_steps);
            }

            CriticalSection.Enter();
            s_lastNs = nowNs > s_lastNs ? nowNs : s_lastNs;
            s_readings++;
            CriticalSection.Leave();
            if ((ulong)kind != 0 && nowNs % 64 == 0)
            {
                GuestThread.Sleep((ulong)kind * 100 * Clock.NsPerUs);
            }
        }
    }

    private static void MonotonicGoesOnWhileIdle()
    {
        ulong wallNs = Clock.WallNs;
        ulong start = Clock.MonotonicNs;
        GuestThread.Sleep(50 * Clock.NsPerMs);
        TestReport.CheckRange((long)(Clock.MonotonicNs - start), 50_000_000, 20_000_000_000, "monotonic time asleep"u8);
        TestReport.CheckRange((long)(Clock.WallNs - wallNs), 50_000_000, 20_000_000_000, "wall time asleep"u8);
    }

    private static void WallIsPlausible() =>
        TestReport.CheckRange((long)Clock.WallNs, FirstOf2025Ns, FirstOf2100Ns, "wall clock in ns"u8);

    private static void WallKeepsPace()
    {
        long first = (long)(Clock.WallNs - Clock.MonotonicNs);
        GuestThread.Sleep(20 * Clock.NsPerMs);
        long second = (long)(Clock.WallNs - Clock.MonotonicNs);

        // The two readings of a pair may be apart, if the VM is taken off the processor between them.
        TestReport.CheckRange(second - first, -5_000_000_000, 5_000_000_000, "difference between the clocks in ns"u8);
    }

    private static void AfterStopsAtNever()
    {
        TestReport.Check(Clock.After(ulong.MaxValue) == ulong.MaxValue, "the longest duration ends"u8);
        TestReport.Check(Clock.After(ulong.MaxValue - 1) == ulong.MaxValue, "the second longest ends"u8);
        ulong hour = 3600 * Clock.NsPerSecond;
        ulong now = Clock.MonotonicNs;
        TestReport.CheckRange((long)(Clock.After(hour) - now - hour), 0, 1_000_000_000, "an hour in ns, too much by"u8);
    }
}
