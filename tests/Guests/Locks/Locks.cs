// SPDX-License-Identifier: MIT
using System.Threading;
using GuestTests;
using Ilwaco;

/// <summary>Tests mutexes, condition variables, semaphores and events, also while threads are preempted.</summary>
internal static unsafe class Locks
{
    private const int SlotCount = 4;
    private const int ItemsPerProducer = 2000;

    private static Mutex s_mutex = new();
    private static ConditionVariable s_notEmpty = new();
    private static ConditionVariable s_notFull = new();
    private static Semaphore s_semaphore = new();
    private static Event s_event = new();
    private static Log s_log;
    private static int s_logLength;
    private static int s_inside;
    private static int s_insideMost;
    private static int s_used;
    private static long s_sum;
    private static int s_taken;
    private static int s_value;
    private static ulong s_until;

    private static int Main()
    {
        TestReport.Begin("locks"u8);
        TestReport.Run("mutex_excludes_preempted_threads"u8, &MutexExcludesPreemptedThreads);
        TestReport.Run("mutex_is_handed_over_in_order"u8, &MutexIsHandedOverInOrder);
        TestReport.Run("mutex_try_fails_when_taken"u8, &MutexTryFailsWhenTaken);
        TestReport.Run("mutex_deadline_passes"u8, &MutexDeadlinePasses);
        TestReport.Run("condition_passes_items_on"u8, &ConditionPassesItemsOn);
        TestReport.Run("condition_signal_wakes_one_broadcast_all"u8, &ConditionSignalWakesOneBroadcastAll);
        TestReport.Run("condition_deadline_passes_with_mutex"u8, &ConditionDeadlinePassesWithMutex);
        TestReport.Run("semaphore_limits_threads"u8, &SemaphoreLimitsThreads);
        TestReport.Run("semaphore_deadline_passes"u8, &SemaphoreDeadlinePasses);
        TestReport.Run("semaphore_loses_nothing_to_deadlines"u8, &SemaphoreLosesNothingToDeadlines);
        TestReport.Run("semaphore_released_by_timer"u8, &SemaphoreReleasedByTimer);
        TestReport.Run("event_wakes_all_until_reset"u8, &EventWakesAllUntilReset);
        return TestReport.End("locks"u8);
    }

    private static void MutexExcludesPreemptedThreads()
    {
        s_inside = 0;
        s_insideMost = 0;
        s_sum = 0;
        s_until = Clock.MonotonicNs + (300 * Clock.NsPerMs);
        long[] counts = new long[8];
        GuestThread[] threads = new GuestThread[counts.Length];
        fixed (long* count = counts)
        {
            for (int i = 0; i < threads.Length; i++)
            {
                threads[i] = GuestThread.Start(&EnterUntil, count + i);
            }

            JoinAll(threads);
        }

        long total = 0;
        foreach (long count in counts)
        {
            total += count;
        }

        TestReport.CheckEqual(s_insideMost, 1, "threads inside at once"u8);
        TestReport.CheckEqual(s_sum, total, "entries"u8);
        TestReport.CheckRange(total, 100, long.MaxValue, "entries"u8);
        Heap.Free(counts);
    }

    private static void EnterUntil(void* count)
    {
        while (Clock.MonotonicNs < s_until)
        {
            s_mutex.Lock();
            s_inside++;
            s_insideMost = s_inside > s_insideMost ? s_inside : s_insideMost;
            long sum = s_sum;
            Spin(20 * Clock.NsPerUs);
            s_sum = sum + 1;
            s_inside--;
            s_mutex.Unlock();
            ++*(long*)count;
        }
    }

    private static void MutexIsHandedOverInOrder()
    {
        s_logLength = 0;
        s_mutex.Lock();
        GuestThread[] threads = new GuestThread[5];
        for (int i = 0; i < threads.Length; i++)
        {
            // The later ones have the higher priority; the mutex does not care.
            threads[i] = GuestThread.Start(&LockAndLog, (void*)i, i);
            WaitUntilBlocked(threads[i]);
        }

        s_mutex.Unlock();
        JoinAll(threads);
        TestReport.CheckEqual(s_logLength, 5, "threads"u8);
        for (int i = 0; i < s_logLength; i++)
        {
            TestReport.CheckEqual(s_log[i], i, "thread that got it"u8);
        }
    }

    private static void LockAndLog(void* number)
    {
        s_mutex.Lock();
        s_log[s_logLength++] = (int)number;
        s_mutex.Unlock();
    }

    private static void MutexTryFailsWhenTaken()
    {
        s_mutex.Lock();
        TestReport.Check(s_mutex.IsHeld, "the owner does not have it"u8);
        GuestThread other = GuestThread.Start(() => s_value = (s_mutex.TryLock() ? 1 : 0) + (s_mutex.IsHeld ? 2 : 0));
        other.Join();
        Heap.Free(other);
        TestReport.CheckEqual(s_value, 0, "result of another thread's try"u8);
        s_mutex.Unlock();
        TestReport.Check(s_mutex.TryLock(), "a try of a free one fails"u8);
        s_mutex.Unlock();
    }

    private static void MutexDeadlinePasses()
    {
        s_mutex.Lock();
        GuestThread other = GuestThread.Start(() =>
        {
            ulong start = Clock.MonotonicNs;
            s_value = s_mutex.TryLock(start + (3 * Clock.NsPerMs)) ? 1 : 0;
            s_sum = (long)(Clock.MonotonicNs - start);
        });
        other.Join();
        Heap.Free(other);
        TestReport.CheckEqual(s_value, 0, "result"u8);
        TestReport.CheckRange(s_sum, 3_000_000, 20_000_000_000, "wait in ns"u8);
        s_mutex.Unlock();

        // The thread that gave up is not in the way of the next.
        s_mutex.Lock();
        s_mutex.Unlock();
    }

    private static void ConditionPassesItemsOn()
    {
        s_used = 0;
        s_sum = 0;
        s_taken = 0;
        GuestThread[] threads = new GuestThread[8];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = i % 2 == 0 ? GuestThread.Start(&Produce, null) : GuestThread.Start(&Consume, null);
        }

        JoinAll(threads);
        long producers = threads.Length / 2;
        long items = ItemsPerProducer;
        TestReport.CheckEqual(s_taken, (int)(producers * items), "items"u8);
        TestReport.CheckEqual(s_sum, producers * items * (items + 1) / 2, "their sum"u8);
        TestReport.CheckEqual(s_used, 0, "items left"u8);
    }

    private static void Produce(void* unused)
    {
        for (int item = 1; item <= ItemsPerProducer; item++)
        {
            s_mutex.Lock();
            while (s_used == SlotCount)
            {
                s_notFull.Wait(s_mutex);
            }

            s_log[s_used++] = item;
            s_notEmpty.Signal();
            s_mutex.Unlock();
        }
    }

    private static void Consume(void* unused)
    {
        for (int i = 0; i < ItemsPerProducer; i++)
        {
            s_mutex.Lock();
            while (s_used == 0)
            {
                s_notEmpty.Wait(s_mutex);
            }

            s_sum += s_log[--s_used];
            s_taken++;
            s_notFull.Signal();
            s_mutex.Unlock();
        }
    }

    private static void ConditionSignalWakesOneBroadcastAll()
    {
        s_value = 0;
        GuestThread[] threads = new GuestThread[6];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(() =>
            {
                s_mutex.Lock();
                s_notEmpty.Wait(s_mutex);
                s_value++;
                s_mutex.Unlock();
            });
        }

        foreach (GuestThread thread in threads)
        {
            WaitUntilBlocked(thread);
        }

        s_notEmpty.Signal();
        while (Volatile.Read(ref s_value) == 0)
        {
            GuestThread.Sleep(Clock.NsPerMs);
        }

        GuestThread.Sleep(2 * Clock.NsPerMs);
        TestReport.CheckEqual(s_value, 1, "threads behind a signal"u8);
        s_notEmpty.Broadcast();
        JoinAll(threads);
        TestReport.CheckEqual(s_value, 6, "threads behind a broadcast"u8);
    }

    private static void ConditionDeadlinePassesWithMutex()
    {
        s_mutex.Lock();
        ulong start = Clock.MonotonicNs;
        bool signaled = s_notEmpty.Wait(s_mutex, start + (3 * Clock.NsPerMs));
        TestReport.Check(!signaled, "there was a signal"u8);
        TestReport.Check(s_mutex.IsHeld, "the mutex is gone"u8);
        TestReport.CheckRange((long)(Clock.MonotonicNs - start), 3_000_000, 20_000_000_000, "wait in ns"u8);
        s_mutex.Unlock();
    }

    private static void SemaphoreLimitsThreads()
    {
        s_inside = 0;
        s_insideMost = 0;
        s_semaphore.Release(3);
        GuestThread[] threads = new GuestThread[10];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(() =>
            {
                s_semaphore.Wait();
                int inside = Interlocked.Increment(ref s_inside);
                s_insideMost = inside > s_insideMost ? inside : s_insideMost;
                GuestThread.Sleep(Clock.NsPerMs);
                Interlocked.Decrement(ref s_inside);
                s_semaphore.Release();
            });
        }

        JoinAll(threads);
        TestReport.CheckRange(s_insideMost, 2, 3, "threads inside at once"u8);
        TestReport.CheckEqual(s_semaphore.Count, 3, "count afterwards"u8);
        s_semaphore.Wait();
        s_semaphore.Wait();
        s_semaphore.Wait();
    }

    private static void SemaphoreDeadlinePasses()
    {
        TestReport.Check(!s_semaphore.TryWait(), "a try succeeds"u8);
        ulong start = Clock.MonotonicNs;
        TestReport.Check(!s_semaphore.TryWait(start + (3 * Clock.NsPerMs)), "the wait succeeds"u8);
        TestReport.CheckRange((long)(Clock.MonotonicNs - start), 3_000_000, 20_000_000_000, "wait in ns"u8);
        s_semaphore.Release();
        TestReport.CheckEqual(s_semaphore.Count, 1, "count"u8);
        TestReport.Check(s_semaphore.TryWait(), "a try of one that is there fails"u8);
    }

    private static void SemaphoreLosesNothingToDeadlines()
    {
        // Deadlines of about the time between two releases: often both happen at once.
        s_taken = 0;
        s_until = Clock.MonotonicNs + (300 * Clock.NsPerMs);
        GuestThread[] threads = new GuestThread[6];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(&TakeUntil, null, 3 + (i % 3));
        }

        int released = 0;
        while (Clock.MonotonicNs < s_until)
        {
            s_semaphore.Release();
            released++;
            GuestThread.Sleep(GuestRandom.Next(60) * Clock.NsPerUs);
        }

        JoinAll(threads);
        TestReport.CheckRange(s_taken, 10, int.MaxValue, "taken"u8);
        TestReport.CheckEqual(s_taken + s_semaphore.Count, released, "taken and left"u8);
        while (s_semaphore.TryWait())
        {
        }
    }

    private static void TakeUntil(void* unused)
    {
        while (Clock.MonotonicNs < s_until)
        {
            if (s_semaphore.TryWait(Clock.After(GuestRandom.Next(60) * Clock.NsPerUs)))
            {
                Interlocked.Increment(ref s_taken);
            }
        }
    }

    private static void SemaphoreReleasedByTimer()
    {
        Timer timer = new(() => s_semaphore.Release());
        timer.SetPeriodic(Clock.NsPerMs);
        for (int i = 0; i < 10; i++)
        {
            TestReport.Check(s_semaphore.TryWait(Clock.After(Clock.NsPerSecond)), "the timer does not come"u8);
        }

        timer.Stop();
        while (s_semaphore.TryWait())
        {
        }

        TestReport.Check(!s_semaphore.TryWait(Clock.After(5 * Clock.NsPerMs)), "the timer comes after its stop"u8);
        Heap.Free(timer);
    }

    private static void EventWakesAllUntilReset()
    {
        s_value = 0;
        TestReport.Check(!s_event.Wait(Clock.After(Clock.NsPerMs)), "it is set at first"u8);
        GuestThread[] threads = new GuestThread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(() =>
            {
                s_event.Wait();
                Interlocked.Increment(ref s_value);
            });
        }

        GuestThread.Sleep(Clock.NsPerMs);
        TestReport.CheckEqual(s_value, 0, "threads before it is set"u8);
        s_event.Set();
        JoinAll(threads);
        TestReport.CheckEqual(s_value, 4, "threads behind it"u8);
        TestReport.Check(s_event.Wait(0), "a wait fails while it is set"u8);
        s_event.Reset();
        TestReport.Check(!s_event.IsSet, "it is set after a reset"u8);
    }

    private static void WaitUntilBlocked(GuestThread thread)
    {
        while (!thread.IsBlocked)
        {
            GuestThread.Sleep(Clock.NsPerMs);
        }
    }

    private static void JoinAll(GuestThread[] threads)
    {
        foreach (GuestThread thread in threads)
        {
            thread.Join();
            Heap.Free(thread);
        }
    }

    private static void Spin(ulong durationNs)
    {
        ulong end = Clock.MonotonicNs + durationNs;
        while (Clock.MonotonicNs < end)
        {
        }
    }

    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Log
    {
        private int _first;
    }
}
