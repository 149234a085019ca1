// SPDX-License-Identifier: MIT
using System;
using GuestTests;
using Ilwaco;

/// <summary>
/// Tests the heap against a model: sizes, contents, zeros, reuse, and threads that preempt each other in it.
/// </summary>
internal static unsafe class Heaps
{
    private const int EntryCount = 512;

    private static ulong s_until;

    private static int Main()
    {
        TestReport.Begin("heaps"u8);

        // First of all: later there are holes, which join with what is freed.
        TestReport.Run("run_freed_last_comes_first"u8, &RunFreedLastComesFirst);
        TestReport.Run("random_use_matches_model"u8, &RandomUseMatchesModel);
        TestReport.Run("block_freed_last_comes_first"u8, &BlockFreedLastComesFirst);
        TestReport.Run("reused_memory_is_zero"u8, &ReusedMemoryIsZero);
        TestReport.Run("large_run_is_given_back"u8, &LargeRunIsGivenBack);
        TestReport.Run("too_much_is_refused"u8, &TooMuchIsRefused);
        TestReport.Run("threads_share_the_heap"u8, &ThreadsShareTheHeap);
        return TestReport.End("heaps"u8);
    }

    private static void RandomUseMatchesModel()
    {
        ulong before = Heap.BytesInUse;
        UseAtRandom(1, 30_000);
        TestReport.CheckEqual((long)Heap.BytesInUse, (long)before, "bytes in use afterwards"u8);
    }

    // Allocates and frees at random; each block carries a pattern of its own, which nobody else may change.
    private static void UseAtRandom(byte seed, int steps)
    {
        Entry* entries = (Entry*)Heap.Allocate((nuint)(EntryCount * sizeof(Entry)));
        ulong end = s_until == 0 ? ulong.MaxValue : s_until;
        for (int step = 0; step < steps && Clock.MonotonicNs < end; step++)
        {
            Entry* entry = &entries[GuestRandom.Next(EntryCount)];
            if (entry->Memory != null)
            {
                Release(entry);
                continue;
            }

            // Mostly small, sometimes pages.
            ulong most = GuestRandom.Next(20) == 0 ? 20_000u : GuestRandom.Next(4) == 0 ? 3000u : 200u;
            entry->Bytes = 1 + GuestRandom.Next(most);
            entry->Memory = (byte*)Heap.Allocate((nuint)entry->Bytes);
            entry->Pattern = (byte)(seed + step);
            TestReport.CheckEqual((long)((ulong)entry->Memory % 16), 0, "address modulo 16"u8);
            Span<byte> memory = new(entry->Memory, (int)entry->Bytes);
            TestReport.Check(IsAll(memory, 0), "new memory is not zero"u8);
            memory.Fill(entry->Pattern);
        }

        for (int i = 0; i < EntryCount; i++)
        {
            if (entries[i].Memory != null)
            {
                Release(&entries[i]);
            }
        }

        Heap.Free(entries);
    }

    private static void Release(Entry* entry)
    {
        Span<byte> memory = new(entry->Memory, (int)entry->Bytes);
        TestReport.Check(IsAll(memory, entry->Pattern), "somebody else wrote into a block"u8);
        Heap.Free(entry->Memory);
        entry->Memory = null;
    }

    private static bool IsAll(ReadOnlySpan<byte> memory, byte value)
    {
        foreach (byte found in memory)
        {
            if (found != value)
            {
                return false;
            }
        }

        return true;
    }

    private static void BlockFreedLastComesFirst()
    {
        void* a = Heap.Allocate(48);
        void* b = Heap.Allocate(48);
        Heap.Free(a);
        Heap.Free(b);
        void* c = Heap.Allocate(48);
        void* d = Heap.Allocate(48);
        TestReport.Check(c == b && d == a, "blocks come in another order"u8);
        Heap.Free(c);
        Heap.Free(d);
    }

    private static void RunFreedLastComesFirst()
    {
        void* a = PageAllocator.TryAllocate(3);
        void* between = PageAllocator.TryAllocate(1);
        void* b = PageAllocator.TryAllocate(3);
        void* behind = PageAllocator.TryAllocate(1);
        PageAllocator.Free(a);
        PageAllocator.Free(b);
        void* c = PageAllocator.TryAllocate(3);
        void* d = PageAllocator.TryAllocate(3);
        TestReport.Check(c == b && d == a, "runs come in another order"u8);
        PageAllocator.Free(c);
        PageAllocator.Free(d);
        PageAllocator.Free(between);
        PageAllocator.Free(behind);
    }

    private static void ReusedMemoryIsZero()
    {
        for (uint bytes = 16; bytes <= 65_536; bytes *= 2)
        {
            byte* memory = (byte*)Heap.Allocate(bytes);
            new Span<byte>(memory, (int)bytes).Fill(0xA5);
            Heap.Free(memory);
            memory = (byte*)Heap.Allocate(bytes);
            TestReport.Check(IsAll(new Span<byte>(memory, (int)bytes), 0), "reused memory is not zero"u8);
            Heap.Free(memory);
        }
    }

    private static void LargeRunIsGivenBack()
    {
        MemoryStatistics before = MemoryStatistics.Take();

        // Half of what nobody has used yet: holes take some of the rest.
        uint most = (before.PagesTotal - before.PagesPeak) / 2;
        for (int i = 0; i < 3; i++)
        {
            void* run = PageAllocator.TryAllocate(most);
            TestReport.Check(run != null, "what was there once is not there again"u8);
            if (run != null)
            {
                PageAllocator.Free(run);
            }
        }

        TestReport.CheckEqual(MemoryStatistics.Take().PagesInUse, before.PagesInUse, "pages in use"u8);
    }

    private static void TooMuchIsRefused()
    {
        nuint all = (nuint)VirtualRegisters.Page->MemoryBytes;
        TestReport.Check(Heap.TryAllocate(all) == null, "all memory is given out"u8);
        TestReport.Check(Heap.TryAllocate(nuint.MaxValue) == null, "the most is given out"u8);
        TestReport.Check(Heap.TryAllocate(nuint.MaxValue - 4095) == null, "nearly the most is given out"u8);
        TestReport.Check(PageAllocator.TryAllocate(0) == null, "no page is given out"u8);
        TestReport.Check(PageAllocator.TryAllocate(uint.MaxValue) == null, "the most pages are given out"u8);
    }

    private static void ThreadsShareTheHeap()
    {
        ulong before = Heap.BytesInUse;
        s_until = Clock.MonotonicNs + (500 * Clock.NsPerMs);

        // Interrupts come in often, and the callback uses the heap as well.
        Timer timer = new(() => Heap.Free(Heap.Allocate(64)));
        timer.SetPeriodic(200 * Clock.NsPerUs);
        GuestThread[] threads = new GuestThread[5];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(&UseUntil, (void*)i);
        }

        foreach (GuestThread thread in threads)
        {
            thread.Join();
            Heap.Free(thread);
        }

        timer.Stop();
        s_until = 0;
        Heap.Free(timer);
        Heap.Free(threads);
        TestReport.CheckRange((long)(Heap.BytesInUse - before), 0, 128, "bytes in use afterwards, too much by"u8);
    }

    private static void UseUntil(void* number) => UseAtRandom((byte)((ulong)number * 50), int.MaxValue);

    private struct Entry
    {
        internal byte* Memory;
        internal ulong Bytes;
        internal byte Pattern;
    }
}
