// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Ilwaco;

/// <summary>The heap of the VM: what <see langword="new"/> takes from, and what is given back by hand.</summary>
/// <remarks>
/// <para>Nothing collects. An object lives until <see cref="Free(object)"/>; using it after that is a bug that nothing
/// detects. Services allocate at start and reuse.</para>
/// <para>Small blocks come from slabs, one size each; the block that was freed last is given out first. Larger ones are
/// runs of pages. Memory is always zero when it is given out. Blocks are cleared when they are freed, so that a VM
/// which idles keeps nothing of what it has no use for; a free one begins with the number of the next, plus 1.</para>
/// <para>Any thread, inside of critical sections too; it is one itself, but clears larger memory outside of it.</para>
/// <para>The compiler believes that <see langword="new"/> changes no static. So that no caller holds an old value
/// across one, the methods that read the allocators' statics are not inlined, and the counters are volatile.</para>
/// </remarks>
public static unsafe class Heap
{
    private const uint ArrayHeaderBytes = 16;

    // Slabs with at least one free block, one list for each size class.
    private static PartialSlabs s_partial;
    private static ulong s_bytesInUse;

    /// <summary>Bytes in blocks that are in use, rounded up as the heap does.</summary>
    public static ulong BytesInUse => Volatile.Read(ref s_bytesInUse);

    /// <summary>Pages that the heap holds.</summary>
    public static uint PagesInUse => PageAllocator.PagesInUse;

    /// <summary>Allocates zeroed memory, 16-byte aligned. Panics if there is none.</summary>
    /// <param name="bytes">How much.</param>
    /// <returns>The memory.</returns>
    [RuntimeExport("denali_allocate")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void* Allocate(nuint bytes)
    {
        void* memory = TryAllocate(bytes);
        if (memory == null)
        {
            Panic.OutOfMemory(bytes);
        }

        return memory;
    }

    /// <summary>Allocates zeroed memory, 16-byte aligned.</summary>
    /// <param name="bytes">How much.</param>
    /// <returns>The memory, or null if there is none.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void* TryAllocate(nuint bytes)
    {
        if (bytes > SizeClass.LargestBytes)
        {
            return AllocateRun(bytes);
        }

        CriticalSection.Enter();
        void* block = AllocateBlock(SizeClass.Of(bytes));
        CriticalSection.Leave();
        return block;
    }

    /// <summary>Makes an array of bytes.</summary>
    /// <param name="length">Its length.</param>
    /// <returns>The array, or null if there is no memory for it.</returns>
    public static byte[]? TryAllocateBytes(int length)
    {
        nint memory = (nint)TryAllocate(ArrayHeaderBytes + (nuint)length);
        if (memory == 0)
        {
            return null;
        }

        // The first word of an object is its type, the second of an array its length.
        byte[] sample = Array.Empty<byte>();
        ((nint*)memory)[0] = *(nint*)Unsafe.As<byte[], nint>(ref sample);
        ((nint*)memory)[1] = length;
        return Unsafe.As<nint, byte[]>(ref memory);
    }

    /// <summary>Gives an object back. Nobody may use it any more.</summary>
    /// <param name="value">The object; null is allowed. A literal is not.</param>
    public static void Free(object? value) => Free((void*)Unsafe.As<object?, nint>(ref value));

    /// <summary>Gives memory back.</summary>
    /// <param name="memory">What <see cref="Allocate"/> returned; null is allowed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Free(void* memory)
    {
        if (memory == null)
        {
            return;
        }

        CriticalSection.Enter();
        FreeInside(memory);
        CriticalSection.Leave();
    }

    private static void FreeInside(void* memory)
    {
        uint page = PageAllocator.IndexOf(memory);
        PageInfo* info = PageAllocator.InfoOf(page);
        if (info->Kind == PageKind.SlabTail)
        {
            page -= info->Pages;
            info = PageAllocator.InfoOf(page);
        }

        switch (info->Kind)
        {
            case PageKind.Slab:
                FreeBlock(page, info, (byte*)memory);
                break;
            case PageKind.Run when PageAllocator.AddressOf(page) == memory:
                s_bytesInUse -= (ulong)info->Pages * PageAllocator.PageBytes;
                PageAllocator.FreeRun(page);
                break;
            default:
                Panic.Because("Freed memory that is not in use"u8);
                break;
        }
    }

    private static void* AllocateRun(nuint bytes)
    {
        ulong pages = ((ulong)bytes + PageAllocator.PageBytes - 1) / PageAllocator.PageBytes;
        if (pages > uint.MaxValue || pages == 0)
        {
            return null;
        }

        CriticalSection.Enter();
        uint first = PageAllocator.AllocateRun((uint)pages, PageKind.Run);
        bool found = first != PageInfo.NoPage;
        bool isZero = found && PageAllocator.InfoOf(first)->Fresh;
        s_bytesInUse += found ? pages * PageAllocator.PageBytes : 0;
        CriticalSection.Leave();
        if (!found)
        {
            return null;
        }

        byte* memory = PageAllocator.AddressOf(first);
        if (!isZero)
        {
            SpanHelpers.ClearWithoutReferences(ref *memory, (nuint)pages * PageAllocator.PageBytes);
        }

        return memory;
    }

    private static void* AllocateBlock(int sizeClass)
    {
        uint page = s_partial[sizeClass];
        if (page == PageInfo.NoPage)
        {
            page = AddSlab(sizeClass);
            if (page == PageInfo.NoPage)
            {
                return null;
            }
        }

        PageInfo* slab = PageAllocator.InfoOf(page);
        uint blockBytes = SizeClass.BytesOf(sizeClass);
        byte* start = PageAllocator.AddressOf(page);
        byte* block;
        if (slab->FreeBlock != PageInfo.NoBlock)
        {
            block = start + (slab->FreeBlock * blockBytes);
            slab->FreeBlock = unchecked((ushort)(*(ushort*)block - 1));
            *(ushort*)block = 0;
        }
        else
        {
            block = start + (slab->TouchedBlocks * blockBytes);
            slab->TouchedBlocks++;
            if (!slab->Fresh)
            {
                SpanHelpers.ClearWithoutReferences(ref *block, blockBytes);
            }
        }

        slab->UsedBlocks++;
        if (slab->FreeBlock == PageInfo.NoBlock && slab->TouchedBlocks == SizeClass.BlocksOf(sizeClass))
        {
            Unlink(sizeClass, slab);
        }

        s_bytesInUse += blockBytes;
        return block;
    }

    private static void FreeBlock(uint page, PageInfo* slab, byte* block)
    {
        int sizeClass = slab->SizeClass;
        uint blockBytes = SizeClass.BytesOf(sizeClass);
        uint offset = (uint)(block - PageAllocator.AddressOf(page));
        uint index = SizeClass.IndexOf(sizeClass, offset);
        Panic.Unless(index * blockBytes == offset && slab->UsedBlocks != 0, "Freed memory that is not in use"u8);
        bool wasFull = slab->FreeBlock == PageInfo.NoBlock && slab->TouchedBlocks == SizeClass.BlocksOf(sizeClass);
        SpanHelpers.ClearWithoutReferences(ref *block, blockBytes);
        *(ushort*)block = unchecked((ushort)(slab->FreeBlock + 1));
        slab->FreeBlock = (ushort)index;
        slab->UsedBlocks--;
        s_bytesInUse -= blockBytes;
        if (wasFull)
        {
            Link(sizeClass, page, slab);
        }

        // The last slab of a class stays, so that one object that comes and goes does not move pages each time.
        if (slab->UsedBlocks == 0 && (slab->Next != PageInfo.NoPage || slab->Previous != PageInfo.NoPage))
        {
            Unlink(sizeClass, slab);
            RemoveSlab(page, slab);
        }
    }

    private static uint AddSlab(int sizeClass)
    {
        uint page = PageAllocator.AllocateRun(SizeClass.SlabPages(sizeClass), PageKind.Slab);
        if (page == PageInfo.NoPage)
        {
            return PageInfo.NoPage;
        }

        PageInfo* slab = PageAllocator.InfoOf(page);
        slab->SizeClass = (byte)sizeClass;
        slab->UsedBlocks = 0;
        slab->FreeBlock = PageInfo.NoBlock;
        slab->TouchedBlocks = 0;
        for (uint i = 1; i < slab->Pages; i++)
        {
            PageInfo* tail = PageAllocator.InfoOf(page + i);
            tail->Kind = PageKind.SlabTail;
            tail->Pages = i;
        }

        Link(sizeClass, page, slab);
        return page;
    }

    private static void RemoveSlab(uint page, PageInfo* slab)
    {
        for (uint i = 1; i < slab->Pages; i++)
        {
            PageAllocator.InfoOf(page + i)->Kind = PageKind.Untouched;
        }

        PageAllocator.FreeRun(page);
    }

    private static void Link(int sizeClass, uint page, PageInfo* slab)
    {
        uint head = s_partial[sizeClass];
        slab->Next = head;
        slab->Previous = PageInfo.NoPage;
        if (head != PageInfo.NoPage)
        {
            PageAllocator.InfoOf(head)->Previous = page;
        }

        s_partial[sizeClass] = page;
    }

    private static void Unlink(int sizeClass, PageInfo* slab)
    {
        if (slab->Previous == PageInfo.NoPage)
        {
            s_partial[sizeClass] = slab->Next;
        }
        else
        {
            PageAllocator.InfoOf(slab->Previous)->Next = slab->Next;
        }

        if (slab->Next != PageInfo.NoPage)
        {
            PageAllocator.InfoOf(slab->Next)->Previous = slab->Previous;
        }

        slab->Next = PageInfo.NoPage;
        slab->Previous = PageInfo.NoPage;
    }

    [InlineArray(SizeClass.Count)]
    private struct PartialSlabs
    {
        private uint _first;
    }
}
