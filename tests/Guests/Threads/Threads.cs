// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Denali.Hardware;
using GuestTests;
using Ilwaco;

/// <summary>
/// Tests threads: their life, their order, and that a thread which never waits does not keep others out.
/// </summary>
internal static unsafe class Threads
{
    private const int StackCount = 8;
    private const int ThreadRuns = 400;

    private static int s_value;
    private static int s_stop;
    private static ulong s_until;
    private static Log s_log;
    private static int s_logLength;
    private static Counters s_counters;
    private static ulong s_place;

    private static int Main()
    {
        TestReport.Begin("threads"u8);
        TestReport.Run("start_action_runs"u8, &StartActionRuns);
        TestReport.Run("start_pointer_gets_its_argument"u8, &StartPointerGetsItsArgument);
        TestReport.Run("join_ended_thread_returns"u8, &JoinEndedThreadReturns);
        TestReport.Run("join_deadline_passes"u8, &JoinDeadlinePasses);
        TestReport.Run("exit_from_within_ends_thread"u8, &ExitFromWithinEndsThread);
        TestReport.Run("current_is_the_thread_itself"u8, &CurrentIsTheThreadItself);
        TestReport.Run("higher_priority_runs_at_once"u8, &HigherPriorityRunsAtOnce);
        TestReport.Run("lower_priority_waits"u8, &LowerPriorityWaits);
        TestReport.Run("yield_takes_turns"u8, &YieldTakesTurns);
        TestReport.Run("switches_and_locks_are_measured"u8, &SwitchesAndLocksAreMeasured);
        TestReport.Run("sleepers_wake_in_order"u8, &SleepersWakeInOrder);
        TestReport.Run("spinning_thread_is_preempted"u8, &SpinningThreadIsPreempted);
        TestReport.Run("spinning_threads_share_evenly"u8, &SpinningThreadsShareEvenly);
        TestReport.Run("interrupted_thread_keeps_its_share"u8, &InterruptedThreadKeepsItsShare);
        TestReport.Run("sleeper_interrupts_spinning_thread"u8, &SleeperInterruptsSpinningThread);
        TestReport.Run("untouched_stack_takes_an_upcall"u8, &UntouchedStackTakesAnUpcall);
        TestReport.Run("preemption_keeps_registers"u8, &PreemptionKeepsRegisters);
        TestReport.Run("all_stacks_in_use_is_refused"u8, &AllStacksInUseIsRefused);
        TestReport.Run("last_stack_is_used_first"u8, &LastStackIsUsedFirst);
        TestReport.Run("many_threads_leave_nothing_behind"u8, &ManyThreadsLeaveNothingBehind);
        return TestReport.End("threads"u8);
    }

    private static void StartActionRuns()
    {
        s_value = 1;
        GuestThread thread = GuestThread.Start(() => s_value = 2);
        TestReport.CheckEqual(s_value, 1, "value before the thread's turn"u8);
        thread.Join();
        TestReport.CheckEqual(s_value, 2, "value behind it"u8);
        TestReport.Check(thread.HasEnded, "it has not ended"u8);
        Heap.Free(thread);
    }

    private static void StartPointerGetsItsArgument()
    {
        long number = 20;
        GuestThread thread = GuestThread.Start(&Double, &number);
        thread.Join();
        TestReport.CheckEqual(number, 40, "number"u8);
        Heap.Free(thread);
    }

    private static void Double(void* argument) => *(long*)argument *= 2;

    private static void JoinEndedThreadReturns()
    {
        GuestThread thread = GuestThread.Start(() => s_value = 3);
        while (!thread.HasEnded)
        {
            GuestThread.Sleep(Clock.NsPerMs);
        }

        thread.Join();
        TestReport.Check(thread.TryJoin(0), "a try fails"u8);
        Heap.Free(thread);
    }

    private static void JoinDeadlinePasses()
    {
        GuestThread thread = GuestThread.Start(() => GuestThread.Sleep(500 * Clock.NsPerMs));
        TestReport.Check(!thread.TryJoin(0), "a try without waiting succeeds"u8);
        ulong start = Clock.MonotonicNs;
        TestReport.Check(!thread.TryJoin(start + (5 * Clock.NsPerMs)), "the deadline does not pass"u8);
        TestReport.CheckRange((long)(Clock.MonotonicNs - start), 5_000_000, 499_000_000, "wait in ns"u8);
        TestReport.Check(thread.TryJoin(start + (20 * Clock.NsPerSecond)), "the second wait fails"u8);
        Heap.Free(thread);
    }

    private static void ExitFromWithinEndsThread()
    {
        s_value = 0;
        GuestThread thread = GuestThread.Start(() =>
        {
            s_value = 1;
            GuestThread.Exit();
        });
        thread.Join();
        TestReport.CheckEqual(s_value, 1, "value"u8);
        Heap.Free(thread);
    }

    private static void CurrentIsTheThreadItself()
    {
        GuestThread? seen = null;
        GuestThread thread = GuestThread.Start(() => seen = GuestThread.Current, ThreadPriority.Low, "me");
        thread.Join();
        TestReport.Check(seen == thread, "it is another"u8);
        TestReport.Check(thread.Name == "me", "it has another name"u8);
        TestReport.CheckEqual(thread.Priority, ThreadPriority.Low, "priority"u8);
        TestReport.CheckEqual(GuestThread.Current.Priority, ThreadPriority.Normal, "priority of the boot thread"u8);
        Heap.Free(thread);
    }

    private static void HigherPriorityRunsAtOnce()
    {
        s_value = 0;
        GuestThread thread = GuestThread.Start(() => s_value = 1, ThreadPriority.High);
        TestReport.CheckEqual(s_value, 1, "value right behind the start"u8);
        thread.Join();
        Heap.Free(thread);
    }

    private static void LowerPriorityWaits()
    {
        s_value = 0;
        GuestThread thread = GuestThread.Start(() => s_value = 1, ThreadPriority.Low);
        GuestThread.Yield();
        Spin(30 * Clock.NsPerMs);
        TestReport.CheckEqual(s_value, 0, "value while a higher thread runs"u8);
        thread.Join();
        TestReport.CheckEqual(s_value, 1, "value when it waits"u8);
        Heap.Free(thread);
    }

    private static void YieldTakesTurns()
    {
        s_logLength = 0;
        GuestThread a = GuestThread.Start(&LogAndYield, (void*)1);
        GuestThread b = GuestThread.Start(&LogAndYield, (void*)2);
        a.Join();
        b.Join();
        TestReport.CheckEqual(s_logLength, 10, "turns"u8);
        for (int i = 0; i < s_logLength; i++)
        {
            TestReport.CheckEqual(s_log[i], 1 + (i % 2), "thread that had the turn"u8);
        }

        Heap.Free(a);
        Heap.Free(b);
    }

    private static void LogAndYield(void* number)
    {
        for (int i = 0; i < 5; i++)
        {
            s_log[s_logLength++] = (int)number;
            GuestThread.Yield();
        }
    }

    private static void SwitchesAndLocksAreMeasured()
    {
        const int Yields = 50_000;
        s_stop = 0;
        GuestThread other = GuestThread.Start(&YieldUntilStopped, null);
        ulong start = Clock.MonotonicNs;
        for (int i = 0; i < Yields; i++)
        {
            GuestThread.Yield();
        }

        TestReport.Value("yield_pair_ns"u8, (Clock.MonotonicNs - start) / Yields);
        Volatile.Write(ref s_stop, 1);
        other.Join();
        Heap.Free(other);
        start = Clock.MonotonicNs;
        Mutex mutex = new();
        for (int i = 0; i < Yields; i++)
        {
            mutex.Lock();
            mutex.Unlock();
        }

        TestReport.Value("mutex_pair_ns"u8, (Clock.MonotonicNs - start) / Yields);
        start = Clock.MonotonicNs;
        for (int i = 0; i < Yields; i++)
        {
            _ = Clock.MonotonicNs;
        }

        TestReport.Value("clock_ns"u8, (Clock.MonotonicNs - start) / Yields);
        Heap.Free(mutex);
    }

    private static void YieldUntilStopped(void* unused)
    {
        while (Volatile.Read(ref s_stop) == 0)
        {
            GuestThread.Yield();
        }
    }

    private static void SleepersWakeInOrder()
    {
        s_logLength = 0;
        GuestThread[] threads = new GuestThread[6];

        // Late enough for all to be asleep by then, also on a busy host.
        s_until = Clock.MonotonicNs + (100 * Clock.NsPerMs);
        for (int i = 0; i < threads.Length; i++)
        {
            // 3, 2, 1, 0, 5, 4: not the order in which they start.
            threads[i] = GuestThread.Start(&SleepAndLog, (void*)(((i * 5) + 3) % threads.Length));
        }

        JoinAll(threads);
        TestReport.CheckEqual(s_logLength, threads.Length, "threads"u8);
        for (int i = 0; i < s_logLength; i++)
        {
            TestReport.CheckEqual(s_log[i], i, "thread that woke up"u8);
        }
    }

    private static void SleepAndLog(void* number)
    {
        GuestThread.SleepUntil(s_until + ((ulong)number * Clock.NsPerMs));
        s_log[s_logLength++] = (int)number;
    }

    private static void SpinningThreadIsPreempted()
    {
        s_stop = 0;
        GuestThread spinning = GuestThread.Start(&SpinUntilStopped, null);
        GuestThread stopping = GuestThread.Start(() => Volatile.Write(ref s_stop, 1));
        ulong start = Clock.MonotonicNs;
        spinning.Join();
        stopping.Join();
        long waitNs = (long)(Clock.MonotonicNs - start);
        TestReport.CheckRange(waitNs, 5_000_000, 5_000_000_000, "time to the other's turn in ns"u8);
        Heap.Free(spinning);
        Heap.Free(stopping);
    }

    private static void SpinUntilStopped(void* unused)
    {
        while (Volatile.Read(ref s_stop) == 0)
        {
        }
    }

    private static void SpinningThreadsShareEvenly() => CheckShares(3, 10);

    private static void InterruptedThreadKeepsItsShare()
    {
        // A higher thread takes over again and again, more often than a slice lasts: the others still take turns.
        s_stop = 0;
        GuestThread higher = GuestThread.Start(&SleepUntilStopped, null, ThreadPriority.High);
        CheckShares(2, 15);
        Volatile.Write(ref s_stop, 1);
        higher.Join();
        Heap.Free(higher);
    }

    private static void SleepUntilStopped(void* unused)
    {
        while (Volatile.Read(ref s_stop) == 0)
        {
            GuestThread.Sleep(3 * Clock.NsPerMs);
        }
    }

    private static void CheckShares(int threadCount, int leastPercent)
    {
        GuestThread[] threads = new GuestThread[threadCount];
        s_until = Clock.MonotonicNs + (600 * Clock.NsPerMs);
        for (int i = 0; i < threadCount; i++)
        {
            s_counters[i] = 0;
            threads[i] = GuestThread.Start(&CountUntil, (void*)i);
        }

        JoinAll(threads);
        long total = 0;
        for (int i = 0; i < threadCount; i++)
        {
            total += s_counters[i];
        }

        for (int i = 0; i < threadCount; i++)
        {
            TestReport.CheckRange(s_counters[i] * 100 / total, leastPercent, 100, "share of a thread in percent"u8);
        }
    }

    private static void CountUntil(void* index)
    {
        while (Clock.MonotonicNs < s_until)
        {
            s_counters[(int)index]++;
        }
    }

    private static void SleeperInterruptsSpinningThread()
    {
        s_value = 0;
        s_stop = 0;
        GuestThread sleeper = GuestThread.Start(
            () =>
            {
                while (Volatile.Read(ref s_stop) == 0)
                {
                    GuestThread.Sleep(2 * Clock.NsPerMs);
                    s_value++;
                }
            },
            ThreadPriority.High);
        ulong start = Clock.MonotonicNs;
        while (Volatile.Read(ref s_value) < 20 && Clock.MonotonicNs < start + (20 * Clock.NsPerSecond))
        {
        }

        Volatile.Write(ref s_stop, 1);
        TestReport.CheckRange(s_value, 20, 21, "times it woke up"u8);
        TestReport.Value("sleeper_20_wakes_after_2_ms_ns"u8, Clock.MonotonicNs - start);
        sleeper.Join();
        Heap.Free(sleeper);
    }

    private static void UntouchedStackTakesAnUpcall()
    {
        s_stop = 0;
        GuestThread thread = GuestThread.Start(&SpinAboveUntouched, null, ThreadPriority.High);
        thread.Join();
        Heap.Free(thread);
        TestReport.CheckEqual(s_value, 1, "whether the timer came"u8);
    }

    private static void SpinAboveUntouched(void* unused)
    {
        // Just above the first chunk of the stack that nothing has touched: an interrupt is the first to do so.
        ulong here = (ulong)&here;
        ulong boundary = here & ~(ulong)(AddressMap.ChunkBytes - 1);
        Timer timer = new(() => s_stop = 1);
        timer.SetAfter(Clock.NsPerMs);
        fixed (int* stop = &s_stop)
        {
            // Some seconds at most, if nothing comes.
            s_value = SpinAt(boundary + 64, stop, 4_000_000_000);
        }

        timer.Stop();
    }

    private static void PreemptionKeepsRegisters()
    {
        ulong expected = Mix(1, 20_000);
        GuestThread[] threads = new GuestThread[4];
        s_until = Clock.MonotonicNs + (400 * Clock.NsPerMs);
        s_value = 0;
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(&MixUntil, &expected);
        }

        JoinAll(threads);
        TestReport.CheckEqual(s_value, 0, "wrong results"u8);
    }

    private static void MixUntil(void* expected)
    {
        while (Clock.MonotonicNs < s_until)
        {
            if (Mix(1, 20_000) != *(ulong*)expected)
            {
                Interlocked.Increment(ref s_value);
            }
        }
    }

    // Keeps many values in registers at once.
    private static ulong Mix(ulong seed, int rounds)
    {
        ulong a = seed;
        ulong b = a + 0x9E37;
        ulong c = b * 3;
        ulong d = c ^ 0x55;
        ulong e = d + a;
        ulong f = e * 7;
        ulong g = f ^ b;
        ulong h = g + c;
        for (int i = 0; i < rounds; i++)
        {
            unchecked
            {
                a += b ^ (h >> 3);
                b = (b * 5) + c;
                c ^= d << 1;
                d += e * 3;
                e ^= f >> 7;
                f += g;
                g = (g * 9) ^ a;
                h += (ulong)i ^ d;
            }
        }

        return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
    }

    private static void AllStacksInUseIsRefused()
    {
        s_stop = 0;
        GuestThread[] threads = new GuestThread[StackCount - 1];
        for (int i = 0; i < threads.Length; i++)
        {
            GuestThread? started = GuestThread.TryStart(&SleepUntilStopped, null);
            TestReport.Check(started is not null, "too few stacks"u8);
            threads[i] = started!;
        }

        TestReport.CheckEqual(GuestThread.Count, StackCount, "threads"u8);
        TestReport.Check(GuestThread.TryStart(&SleepUntilStopped, null) is null, "one too many starts"u8);
        Volatile.Write(ref s_stop, 1);
        JoinAll(threads);
        TestReport.CheckEqual(GuestThread.Count, 1, "threads afterwards"u8);
        GuestThread? again = GuestThread.TryStart(() => s_value = 1);
        TestReport.Check(again is not null, "no stack afterwards"u8);
        again!.Join();
        Heap.Free(again);
    }

    private static void LastStackIsUsedFirst()
    {
        ulong first = 0;
        for (int i = 0; i < 10; i++)
        {
            GuestThread thread = GuestThread.Start(&NotePlace, null);
            thread.Join();
            Heap.Free(thread);
            first = i == 0 ? s_place : first;
            TestReport.CheckEqual((long)s_place, (long)first, "place of a local variable"u8);
        }
    }

    private static void NotePlace(void* unused)
    {
        int local;
        s_place = (ulong)&local;
    }

    private static void ManyThreadsLeaveNothingBehind()
    {
        s_value = 0;
        MemoryStatistics before = MemoryStatistics.Take();
        for (int i = 0; i < ThreadRuns; i++)
        {
            GuestThread thread = GuestThread.Start(&Count, null, i % ThreadPriority.Count);
            if (i % 2 == 0)
            {
                thread.Detach();
                while (GuestThread.Count > 1)
                {
                    GuestThread.Sleep(10 * Clock.NsPerUs);
                }
            }
            else
            {
                thread.Join();
                Heap.Free(thread);
            }
        }

        GuestThread.Sleep(Clock.NsPerMs);
        MemoryStatistics after = MemoryStatistics.Take();
        TestReport.CheckEqual(s_value, ThreadRuns, "threads that ran"u8);
        TestReport.CheckEqual(after.ThreadCount, 1, "threads that are left"u8);
        TestReport.CheckEqual((long)after.HeapBytes, (long)before.HeapBytes, "bytes of heap in use"u8);
    }

    private static void Count(void* unused) => s_value++;

    private static void JoinAll(GuestThread[] threads)
    {
        foreach (GuestThread thread in threads)
        {
            thread.Join();
            Heap.Free(thread);
        }

        Heap.Free(threads);
    }

    private static void Spin(ulong durationNs)
    {
        ulong end = Clock.MonotonicNs + durationNs;
        while (Clock.MonotonicNs < end)
        {
        }
    }

    [RuntimeImport("*", "threads_spin_at")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int SpinAt(ulong stackPointer, int* stop, ulong rounds);

    [InlineArray(16)]
    private struct Log
    {
        private int _first;
    }

    [InlineArray(8)]
    private struct Counters
    {
        private long _first;
    }
}
