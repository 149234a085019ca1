// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>What this VM's memory is used for, at one moment.</summary>
public readonly unsafe struct MemoryStatistics
{
    private MemoryStatistics(ulong heapBytes, int threadCount)
    {
        MemoryBytes = VirtualRegisters.Page->MemoryBytes;
        HeapBytes = heapBytes;
        PagesInUse = PageAllocator.PagesInUse;
        PagesPeak = PageAllocator.PagesPeak;
        PagesTotal = PageAllocator.PagesTotal;
        ThreadCount = threadCount;
        StacksTouched = ThreadStack.TouchedCount;
    }

    /// <summary>Size of the VM's memory in bytes.</summary>
    public ulong MemoryBytes { get; }

    /// <summary>Bytes in the heap's blocks that are in use, rounded up as the heap does.</summary>
    public ulong HeapBytes { get; }

    /// <summary>Pages that are given out, to the heap and to others.</summary>
    public uint PagesInUse { get; }

    /// <summary>Most pages that were ever given out at once.</summary>
    public uint PagesPeak { get; }

    /// <summary>Pages that can be given out in all.</summary>
    public uint PagesTotal { get; }

    /// <summary>Threads that have started and not ended.</summary>
    public int ThreadCount { get; }

    /// <summary>Stacks that were ever used; their memory stays committed.</summary>
    public uint StacksTouched { get; }

    /// <summary>Takes the statistics.</summary>
    /// <returns>Numbers that belong together.</returns>
    public static MemoryStatistics Take()
    {
        CriticalSection.Enter();
        MemoryStatistics statistics = new(Heap.BytesInUse, GuestThread.Count);
        CriticalSection.Leave();
        return statistics;
    }
}
