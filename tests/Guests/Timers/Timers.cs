// SPDX-License-Identifier: MIT
using System.Threading;
using GuestTests;
using Ilwaco;

/// <summary>Tests timers: in time, in order, as often as asked, and not after they were stopped.</summary>
internal static unsafe class Timers
{
    private const int TimerCount = 100;

    private static Timer s_timer = null!;
    private static int s_calls;
    private static ulong s_calledNs;
    private static Probe?[] s_order = new Probe?[TimerCount];
    private static int s_orderLength;

    private static int Main()
    {
        TestReport.Begin("timers"u8);
        TestReport.Run("one_shot_comes_once_in_time"u8, &OneShotComesOnceInTime);
        TestReport.Run("past_comes_at_once"u8, &PastComesAtOnce);
        TestReport.Run("stopped_does_not_come"u8, &StoppedDoesNotCome);
        TestReport.Run("set_again_replaces"u8, &SetAgainReplaces);
        TestReport.Run("periodic_keeps_its_rate"u8, &PeriodicKeepsItsRate);
        TestReport.Run("periodic_stops_itself"u8, &PeriodicStopsItself);
        TestReport.Run("periodic_leaves_out_what_is_late"u8, &PeriodicLeavesOutWhatIsLate);
        TestReport.Run("callback_sets_timer_again"u8, &CallbackSetsTimerAgain);
        TestReport.Run("callback_starts_thread"u8, &CallbackStartsThread);
        TestReport.Run("same_time_keeps_order"u8, &SameTimeKeepsOrder);
        TestReport.Run("many_come_in_order"u8, &ManyComeInOrder);
        TestReport.Run("many_set_and_stopped_at_random"u8, &ManySetAndStoppedAtRandom);
        TestReport.Run("spinning_thread_is_interrupted"u8, &SpinningThreadIsInterrupted);
        return TestReport.End("timers"u8);
    }

    private static void Note()
    {
        s_calls++;
        s_calledNs = Clock.MonotonicNs;
    }

    private static void OneShotComesOnceInTime()
    {
        Restart();
        CriticalSection.Enter();
        ulong due = Clock.MonotonicNs + (3 * Clock.NsPerMs);
        s_timer.SetAt(due);
        TestReport.Check(s_timer.IsSet, "it is not set"u8);
        CriticalSection.Leave();
        GuestThread.SleepUntil(due + (10 * Clock.NsPerMs));
        TestReport.CheckEqual(s_calls, 1, "calls"u8);
        TestReport.CheckRange((long)(s_calledNs - due), 0, 500_000_000, "lateness in ns"u8);
        TestReport.Check(!s_timer.IsSet, "it is still set"u8);
        TestReport.Check(!s_timer.Stop(), "it can be stopped"u8);
    }

    private static void PastComesAtOnce()
    {
        Restart();
        s_timer.SetAt(1);
        GuestThread.Sleep(Clock.NsPerMs);
        TestReport.CheckEqual(s_calls, 1, "calls"u8);
    }

    private static void StoppedDoesNotCome()
    {
        Restart();
        CriticalSection.Enter();
        s_timer.SetAfter(2 * Clock.NsPerMs);
        TestReport.Check(s_timer.Stop(), "it was not set"u8);
        CriticalSection.Leave();
        GuestThread.Sleep(10 * Clock.NsPerMs);
        TestReport.CheckEqual(s_calls, 0, "calls"u8);
    }

    private static void SetAgainReplaces()
    {
        Restart();
        CriticalSection.Enter();
        s_timer.SetAfter(2 * Clock.NsPerMs);
        ulong due = Clock.After(8 * Clock.NsPerMs);
        s_timer.SetAt(due);
        CriticalSection.Leave();
        GuestThread.SleepUntil(due + (5 * Clock.NsPerMs));
        TestReport.CheckEqual(s_calls, 1, "calls"u8);
        TestReport.Check(s_calledNs >= due, "it came at its first time"u8);
    }

    private static void PeriodicKeepsItsRate()
    {
        Restart();
        ulong start = Clock.MonotonicNs;
        s_timer.SetPeriodic(2 * Clock.NsPerMs);
        GuestThread.Sleep(101 * Clock.NsPerMs);
        s_timer.Stop();
        int calls = s_calls;
        long most = (long)(Clock.MonotonicNs - start) / 2_000_000;
        GuestThread.Sleep(10 * Clock.NsPerMs);
        TestReport.CheckRange(calls, 1, most, "calls in 101 ms"u8);
        TestReport.CheckEqual(s_calls, calls, "calls when it is stopped"u8);
    }

    private static void PeriodicStopsItself()
    {
        s_calls = 0;
        s_timer = new Timer(() =>
        {
            s_calls++;
            if (s_calls == 3)
            {
                s_timer.Stop();
            }
        });
        s_timer.SetPeriodic(Clock.NsPerMs);
        for (int i = 0; i < 1000 && s_calls < 3; i++)
        {
            GuestThread.Sleep(Clock.NsPerMs);
        }

        GuestThread.Sleep(5 * Clock.NsPerMs);
        TestReport.CheckEqual(s_calls, 3, "calls"u8);
        Heap.Free(s_timer);
    }

    private static void PeriodicLeavesOutWhatIsLate()
    {
        Restart();
        s_timer.SetPeriodic(Clock.NsPerMs);
        CriticalSection.Enter();
        ulong end = Clock.MonotonicNs + (20 * Clock.NsPerMs);
        while (Clock.MonotonicNs < end)
        {
        }

        CriticalSection.Leave();
        s_timer.Stop();
        TestReport.CheckRange(s_calls, 1, 5, "calls for 20 ms with interrupts disabled"u8);
    }

    private static void CallbackSetsTimerAgain()
    {
        s_calls = 0;
        s_timer = new Timer(() =>
        {
            s_calls++;
            if (s_calls < 5)
            {
                // The past: it must not starve everything else.
                s_timer.SetAt(s_calls % 2 == 0 ? 1 : Clock.MonotonicNs + 1000);
            }
        });
        s_timer.SetAfter(Clock.NsPerMs);
        for (int i = 0; i < 1000 && s_calls < 5; i++)
        {
            GuestThread.Sleep(Clock.NsPerMs);
        }

        TestReport.CheckEqual(s_calls, 5, "calls"u8);
        Heap.Free(s_timer);
    }

    private static void CallbackStartsThread()
    {
        s_calls = 0;
        s_timer = new Timer(() => GuestThread.Start(&CountCall, null, ThreadPriority.High).Detach());
        s_timer.SetAfter(Clock.NsPerMs);
        GuestThread.Sleep(10 * Clock.NsPerMs);
        TestReport.CheckEqual(s_calls, 1, "threads that ran"u8);
        TestReport.CheckEqual(GuestThread.Count, 1, "threads that are left"u8);
        Heap.Free(s_timer);
    }

    private static void CountCall(void* unused) => s_calls++;

    private static void SameTimeKeepsOrder()
    {
        Probe[] probes = NewProbes();
        ulong due = Clock.After(2 * Clock.NsPerMs);
        foreach (Probe probe in probes)
        {
            probe.Set(due);
        }

        GuestThread.SleepUntil(due + (5 * Clock.NsPerMs));
        TestReport.CheckEqual(s_orderLength, probes.Length, "calls"u8);
        for (int i = 0; i < s_orderLength; i++)
        {
            TestReport.Check(s_order[i] == probes[i], "they come in another order"u8);
        }

        FreeProbes(probes);
    }

    private static void ManyComeInOrder()
    {
        Probe[] probes = NewProbes();
        CriticalSection.Enter();
        ulong start = Clock.After(2 * Clock.NsPerMs);
        foreach (Probe probe in probes)
        {
            probe.Set(start + GuestRandom.Next(10 * Clock.NsPerMs));
        }

        CriticalSection.Leave();

        GuestThread.SleepUntil(start + (12 * Clock.NsPerMs));
        TestReport.CheckEqual(s_orderLength, probes.Length, "calls"u8);
        for (int i = 1; i < s_orderLength; i++)
        {
            TestReport.Check(s_order[i]!.DueAt >= s_order[i - 1]!.DueAt, "they come in another order"u8);
        }

        FreeProbes(probes);
    }

    private static void ManySetAndStoppedAtRandom()
    {
        Probe[] probes = NewProbes();
        ulong end = Clock.After(300 * Clock.NsPerMs);
        long expected = 0;
        while (Clock.MonotonicNs < end)
        {
            s_orderLength = 0;
            Probe probe = probes[GuestRandom.Next(TimerCount)];
            if (GuestRandom.Next(4) == 0)
            {
                probe.Stop();
            }
            else
            {
                probe.Set(Clock.After(GuestRandom.Next(2 * Clock.NsPerMs)));
            }

            if (GuestRandom.Next(50) == 0)
            {
                GuestThread.Sleep(GuestRandom.Next(Clock.NsPerMs));
            }
        }

        s_orderLength = 0;
        GuestThread.Sleep(5 * Clock.NsPerMs);
        long calls = 0;
        foreach (Probe probe in probes)
        {
            TestReport.Check(!probe.Timer.IsSet, "one is still set"u8);
            TestReport.Check(!probe.CameWrongly, "one came when it was not set, or too early"u8);
            expected += probe.Sets - probe.Stops;
            calls += probe.Calls;
        }

        TestReport.CheckEqual(calls, expected, "calls of those that were not stopped"u8);
        FreeProbes(probes);
    }

    private static void SpinningThreadIsInterrupted()
    {
        Restart();
        s_timer.SetPeriodic(2 * Clock.NsPerMs);
        ulong start = Clock.MonotonicNs;
        while (Volatile.Read(ref s_calls) < 20 && Clock.MonotonicNs < start + (20 * Clock.NsPerSecond))
        {
        }

        // The next call may come between the loop's last look and the stop.
        s_timer.Stop();
        TestReport.Check(s_calls >= 20, "fewer than 20 calls"u8);
        TestReport.Value("timer_20_periods_of_2_ms_ns"u8, Clock.MonotonicNs - start);
    }

    private static void Restart()
    {
        s_calls = 0;
        s_timer = new Timer(Note);
    }

    private static Probe[] NewProbes()
    {
        s_orderLength = 0;
        Probe[] probes = new Probe[TimerCount];
        for (int i = 0; i < probes.Length; i++)
        {
            probes[i] = new Probe();
        }

        return probes;
    }

    private static void FreeProbes(Probe[] probes)
    {
        foreach (Probe probe in probes)
        {
            Heap.Free(probe.Timer);
            Heap.Free(probe);
        }

        Heap.Free(probes);
    }

    /// <summary>A timer that knows what is to be expected of it.</summary>
    private sealed class Probe
    {
        private bool _isExpected;

        internal Probe() => Timer = new Timer(Come);

        internal Timer Timer { get; }

        internal ulong DueAt { get; private set; }

        internal long Sets { get; private set; }

        internal long Stops { get; private set; }

        internal long Calls { get; private set; }

        internal bool CameWrongly { get; private set; }

        internal void Set(ulong dueNs)
        {
            CriticalSection.Enter();
            Stops += _isExpected ? 1 : 0;
            Sets++;
            _isExpected = true;
            DueAt = dueNs;
            Timer.SetAt(dueNs);
            CriticalSection.Leave();
        }

        internal void Stop()
        {
            CriticalSection.Enter();
            bool wasSet = Timer.Stop();
            CameWrongly |= wasSet != _isExpected;
            Stops += _isExpected ? 1 : 0;
            _isExpected = false;
            CriticalSection.Leave();
        }

        private void Come()
        {
            CameWrongly |= !_isExpected || Clock.MonotonicNs < DueAt;
            _isExpected = false;
            Calls++;
            s_order[s_orderLength++ % TimerCount] = this;
        }
    }
}
