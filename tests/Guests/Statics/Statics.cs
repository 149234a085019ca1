// SPDX-License-Identifier: MIT
using System.Threading;
using GuestTests;
using Ilwaco;

/// <summary>
/// Tests statics: initial values, and static constructors that run once, whole, however many threads want them.
/// </summary>
internal static unsafe class Statics
{
    private static readonly int[] s_numbers = [3, 1, 4, 1, 5];
    private static readonly string s_text = "text";
    private static readonly long s_computed = Compute(10);
    private static int s_zero;
    private static int s_constructions;
    private static int s_halfBuilt;

    private static int Main()
    {
        TestReport.Begin("statics"u8);
        TestReport.Run("initial_values_are_there"u8, &InitialValuesAreThere);
        TestReport.Run("generic_statics_are_separate"u8, &GenericStaticsAreSeparate);
        TestReport.Run("constructor_runs_at_first_use"u8, &ConstructorRunsAtFirstUse);
        TestReport.Run("constructor_is_never_seen_half_done"u8, &ConstructorIsNeverSeenHalfDone);
        TestReport.Run("statics_are_shared_by_threads"u8, &StaticsAreSharedByThreads);
        return TestReport.End("statics"u8);
    }

    private static long Compute(int count)
    {
        long result = 1;
        for (int i = 2; i <= count; i++)
        {
            result *= i;
        }

        return result;
    }

    private static void InitialValuesAreThere()
    {
        TestReport.CheckEqual(s_numbers.Length, 5, "length"u8);
        TestReport.CheckEqual(s_numbers[4], 5, "last number"u8);
        TestReport.Check(s_text == "text", "another text"u8);
        TestReport.CheckEqual(s_computed, 3_628_800, "computed number"u8);
        TestReport.CheckEqual(s_zero, 0, "number without a value"u8);
    }

    private static void GenericStaticsAreSeparate()
    {
        Holder<int>.Value = 1;
        Holder<string>.Value = 2;
        Holder<object>.Value = 3;
        TestReport.CheckEqual(Holder<int>.Value, 1, "value for a number"u8);
        TestReport.CheckEqual(Holder<string>.Value, 2, "value for text"u8);
        TestReport.CheckEqual(Holder<object>.Value, 3, "value for objects"u8);
    }

    private static void ConstructorRunsAtFirstUse()
    {
        s_constructions = 0;
        TestReport.CheckEqual(Lazy.Value, 42, "value"u8);
        TestReport.CheckEqual(Lazy.Value, 42, "value again"u8);
        TestReport.CheckEqual(s_constructions, 1, "constructions"u8);
    }

    private static void ConstructorIsNeverSeenHalfDone()
    {
        // A high thread wakes up again and again while a low one is in a constructor that takes long.
        s_constructions = 0;
        s_halfBuilt = 0;
        GuestThread[] threads = new GuestThread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(&UseSlow, (void*)i, ThreadPriority.Normal + i);
        }

        foreach (GuestThread thread in threads)
        {
            thread.Join();
        }

        TestReport.CheckEqual(s_constructions, 1, "constructions"u8);
        TestReport.CheckEqual(s_halfBuilt, 0, "threads that saw it half done"u8);
    }

    private static void UseSlow(void* number)
    {
        GuestThread.Sleep((4 - (ulong)number) * Clock.NsPerMs);
        if (Slow.First + Slow.Last != 3)
        {
            Interlocked.Increment(ref s_halfBuilt);
        }
    }

    private static void StaticsAreSharedByThreads()
    {
        s_zero = 1;
        GuestThread thread = GuestThread.Start(() => s_zero++);
        thread.Join();
        TestReport.CheckEqual(s_zero, 2, "number"u8);
        s_zero = 0;
    }

    private static class Holder<T>
    {
        internal static int Value;
    }

    private static class Lazy
    {
        internal static readonly int Value;

        static Lazy()
        {
            s_constructions++;
            Value = 42;
        }
    }

    private static class Slow
    {
        internal static readonly int First;
        internal static readonly int Last;

        static Slow()
        {
            s_constructions++;
            First = 1;
            ulong end = Clock.MonotonicNs + (20 * Clock.NsPerMs);
            while (Clock.MonotonicNs < end)
            {
            }

            Last = 2;
        }
    }
}
