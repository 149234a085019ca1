// SPDX-License-Identifier: MIT
using System.Threading;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The rings that all disks of this VM share, and the lock around them and the page caches.</summary>
/// <remarks>
/// Nobody serves the rings: a thread that waits takes the completions that are there, its own or others'. What was read
/// ahead and is not waited for stays in the ring, in which everything that is under way has room.
/// </remarks>
internal static unsafe class DiskRings
{
    private const uint EntryCount = 64;

    private static Mutex s_lock = null!;
    private static WaitQueue s_waiters;
    private static RingHeader* s_requestHeader;
    private static DiskRequest* s_requests;
    private static RingHeader* s_completionHeader;
    private static DiskCompletion* s_completions;

    // What is under way, by tag; free tags are a list.
    private static Transfer[] s_transfers = null!;
    private static uint s_freeTag;

    /// <summary>Hands the rings to the kernel, once.</summary>
    internal static void Start()
    {
        CriticalSection.Enter();
        if (s_lock is null)
        {
            s_transfers = new Transfer[EntryCount];
            for (uint tag = 0; tag < EntryCount; tag++)
            {
                s_transfers[tag].NextFree = tag + 1;
            }

            byte* memory = (byte*)Heap.Allocate(RingHeader.SizeOf + (EntryCount * DiskRequest.SizeOf));
            s_requestHeader = (RingHeader*)memory;
            s_requests = (DiskRequest*)(memory + RingHeader.SizeOf);
            memory = (byte*)Heap.Allocate(RingHeader.SizeOf + (EntryCount * DiskCompletion.SizeOf));
            s_completionHeader = (RingHeader*)memory;
            s_completions = (DiskCompletion*)(memory + RingHeader.SizeOf);
            Interrupts.SetHandler(InterruptBits.Disk, static () => s_waiters.WakeAll());
            VirtualRegisters.Page->DiskRingEntries = EntryCount;
            VirtualRegisters.Page->DiskCompletionRing = (ulong)s_completionHeader;
            Volatile.Write(ref VirtualRegisters.Page->DiskRequestRing, (ulong)s_requestHeader);
            s_lock = new Mutex();
        }

        CriticalSection.Leave();
    }

    /// <summary>Takes the lock.</summary>
    internal static void Lock() => s_lock.Lock();

    /// <summary>Gives the lock back.</summary>
    internal static void Unlock() => s_lock.Unlock();

    /// <summary>Hands a request to the kernel, which looks at it when the VM next leaves the processor.</summary>
    /// <param name="request">The request, without a tag.</param>
    /// <param name="disk">Who is told.</param>
    /// <param name="frame">The first frame.</param>
    /// <returns>False if there is no room.</returns>
    internal static bool TryStart(in DiskRequest request, Disk disk, int frame)
    {
        Drain();
        uint tag = s_freeTag;
        if (tag == EntryCount)
        {
            return false;
        }

        ref Transfer transfer = ref s_transfers[tag];
        s_freeTag = transfer.NextFree;
        transfer.Disk = disk;
        transfer.Frame = frame;
        transfer.Count = (int)request.SectorCount;
        ref DiskRequest entry = ref s_requests[s_requestHeader->Producer % EntryCount];
        entry = request;
        entry.Tag = tag;
        Volatile.Write(ref s_requestHeader->Producer, s_requestHeader->Producer + 1);
        return true;
    }

    /// <summary>Lets others have the lock until a completion has come or somebody wakes all.</summary>
    internal static void Wait()
    {
        if (Drain())
        {
            return;
        }

        // A VM that has other threads to run leaves the processor late; one that has none is about to.
        if (Scheduler.HasReady && Volatile.Read(ref s_requestHeader->Consumer) != s_requestHeader->Producer)
        {
            VirtualInstructions.Doorbell(Device.Disk);
        }

        CriticalSection.Enter();
        if (Volatile.Read(ref s_completionHeader->Producer) == s_completionHeader->Consumer)
        {
            s_lock.HandOver();
            _ = s_waiters.Wait(InstructionPage.Never);
            CriticalSection.Leave();
            s_lock.Lock();
        }
        else
        {
            CriticalSection.Leave();
        }

        _ = Drain();
    }

    /// <summary>Ends the waiting of all.</summary>
    internal static void Wake()
    {
        CriticalSection.Enter();
        s_waiters.WakeAll();
        CriticalSection.Leave();
    }

    /// <summary>Takes the completions that are there.</summary>
    /// <returns>Whether there were any.</returns>
    private static bool Drain()
    {
        uint next = s_completionHeader->Consumer;
        uint end = Volatile.Read(ref s_completionHeader->Producer);
        if (next == end)
        {
            return false;
        }

        for (; next != end; next++)
        {
            DiskCompletion completion = s_completions[next % EntryCount];
            ref Transfer transfer = ref s_transfers[completion.Tag];
            transfer.Disk!.Cache.Complete(transfer.Frame, transfer.Count, completion.Status == DiskStatus.Ok);
            transfer.Disk = null;
            transfer.NextFree = s_freeTag;
            s_freeTag = completion.Tag;
        }

        Volatile.Write(ref s_completionHeader->Consumer, end);
        Wake();
        return true;
    }

    /// <summary>A request that is under way.</summary>
    private struct Transfer
    {
        /// <summary>Whose it is.</summary>
        internal Disk? Disk;

        /// <summary>The first frame.</summary>
        internal int Frame;

        /// <summary>Frames.</summary>
        internal int Count;

        /// <summary>The next free tag, or the number of entries for none.</summary>
        internal uint NextFree;
    }
}
