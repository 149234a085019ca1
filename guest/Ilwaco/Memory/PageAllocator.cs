// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Gives out runs of pages between the image and the stacks.</summary>
/// <remarks>
/// <para>A VM costs the kernel the pages that it dirties, so runs that were freed last are given out first, and
/// untouched memory only when nothing else fits. Neighbouring free runs are joined. Free pages are not written.</para>
/// <para>The first pages hold a <see cref="PageInfo"/> for every page; of those only the ones in use are ever touched.
/// Page indices count from there, so index 0 is never given out.</para>
/// <para>Any thread, inside of critical sections too. The internal methods are called inside of one.</para>
/// </remarks>
public static unsafe class PageAllocator
{
    /// <summary>Bytes in a page.</summary>
    public const uint PageBytes = AddressMap.PageBytes;

    // Runs of 1, 2, ... pages; the last list holds all longer ones.
    private const int ListCount = 16;

    private static FreeLists s_free;
    private static byte* s_base;
    private static PageInfo* s_info;
    private static uint s_frontier;
    private static uint s_limit;
    private static uint s_pagesInUse;
    private static uint s_pagesPeak;

    /// <summary>Pages given out.</summary>
    public static uint PagesInUse => Volatile.Read(ref s_pagesInUse);

    /// <summary>Most pages that were ever given out at once.</summary>
    public static uint PagesPeak => Volatile.Read(ref s_pagesPeak);

    /// <summary>Pages that can be given out in all.</summary>
    public static uint PagesTotal { get; private set; }

    /// <summary>Gives out a run of pages. What it contains is whatever was there before.</summary>
    /// <param name="pages">Its length.</param>
    /// <returns>The run, or null if there is none so long.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void* TryAllocate(uint pages)
    {
        CriticalSection.Enter();
        uint first = AllocateRun(pages, PageKind.Run);
        CriticalSection.Leave();
        return first == PageInfo.NoPage ? null : AddressOf(first);
    }

    /// <summary>
    /// Gives out a run of pages for the life of the VM, from the end of memory: so what comes and goes stays together,
    /// and with it what is known of it. What it contains is zero.
    /// </summary>
    /// <param name="pages">Its length.</param>
    /// <returns>The run, never to be given back; or null if there is none so long.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void* TryAllocateForGood(uint pages)
    {
        CriticalSection.Enter();
        bool fits = pages <= s_limit - s_frontier;
        if (fits)
        {
            s_limit -= pages;
            s_pagesInUse += pages;
            s_pagesPeak = Math.Max(s_pagesPeak, s_pagesInUse);
        }

        uint first = s_limit;
        CriticalSection.Leave();
        return fits ? AddressOf(first) : null;
    }

    /// <summary>Takes a run back.</summary>
    /// <param name="address">What <see cref="TryAllocate"/> returned.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Free(void* address)
    {
        CriticalSection.Enter();
        uint page = IndexOf(address);
        Panic.Unless(
            page != PageInfo.NoPage && s_info[page].Kind == PageKind.Run && AddressOf(page) == address,
            "Freed a page run that is not in use"u8);
        FreeRun(page);
        CriticalSection.Leave();
    }

    internal static void Initialize(byte* start, byte* end)
    {
        uint pages = (uint)((ulong)(end - start) / PageBytes);
        uint infoPages = (uint)((((ulong)pages * (ulong)sizeof(PageInfo)) + PageBytes - 1) / PageBytes);
        s_base = start;
        s_info = (PageInfo*)start;
        s_frontier = infoPages;
        s_limit = pages;
        PagesTotal = pages - infoPages;
    }

    internal static PageInfo* InfoOf(uint page) => &s_info[page];

    internal static byte* AddressOf(uint page) => s_base + ((ulong)page * PageBytes);

    /// <summary>The page at an address, or none if the heap has given out nothing there.</summary>
    internal static uint IndexOf(void* address)
    {
        ulong page = (ulong)((byte*)address - s_base) / PageBytes;
        return page < s_frontier ? (uint)page : PageInfo.NoPage;
    }

    internal static uint AllocateRun(uint pages, PageKind kind)
    {
        if (pages == 0 || pages > s_limit)
        {
            return PageInfo.NoPage;
        }

        uint first = TakeFree(pages);
        bool fresh = first == PageInfo.NoPage;
        if (fresh)
        {
            if (pages > s_limit - s_frontier)
            {
                return PageInfo.NoPage;
            }

            first = s_frontier;
            s_frontier += pages;
        }

        s_info[first].Kind = kind;
        s_info[first].Pages = pages;
        s_info[first].Fresh = fresh;
        s_pagesInUse += pages;
        s_pagesPeak = Math.Max(s_pagesPeak, s_pagesInUse);
        return first;
    }

    internal static void FreeRun(uint first)
    {
        uint pages = s_info[first].Pages;
        s_pagesInUse -= pages;
        uint after = first + pages;
        if (after < s_frontier && s_info[after].Kind == PageKind.Free)
        {
            pages += s_info[after].Pages;
            Unlink(after);
        }

        if (s_info[first - 1].Kind == PageKind.Free)
        {
            first -= s_info[first - 1].Pages;
            pages += s_info[first].Pages;
            Unlink(first);
        }

        Link(first, pages);
    }

    // Exact fits come first, then the shortest list that has something; of it, what was freed last.
    private static uint TakeFree(uint pages)
    {
        for (int list = ListOf(pages); list < ListCount; list++)
        {
            for (uint run = s_free[list]; run != PageInfo.NoPage; run = s_info[run].Next)
            {
                uint found = s_info[run].Pages;
                if (found >= pages)
                {
                    Unlink(run);
                    if (found > pages)
                    {
                        Link(run + pages, found - pages);
                    }

                    return run;
                }
            }
        }

        return PageInfo.NoPage;
    }

    private static int ListOf(uint pages) => (int)Math.Min(pages, ListCount) - 1;

    private static void Link(uint first, uint pages)
    {
        uint head = s_free[ListOf(pages)];
        PageInfo* last = &s_info[first + pages - 1];
        last->Kind = PageKind.Free;
        last->Pages = pages;
        PageInfo* info = &s_info[first];
        info->Kind = PageKind.Free;
        info->Pages = pages;
        info->Next = head;
        info->Previous = PageInfo.NoPage;
        if (head != PageInfo.NoPage)
        {
            s_info[head].Previous = first;
        }

        s_free[ListOf(pages)] = first;
    }

    private static void Unlink(uint first)
    {
        PageInfo* info = &s_info[first];
        if (info->Previous == PageInfo.NoPage)
        {
            s_free[ListOf(info->Pages)] = info->Next;
        }
        else
        {
            s_info[info->Previous].Next = info->Next;
        }

        if (info->Next != PageInfo.NoPage)
        {
            s_info[info->Next].Previous = info->Previous;
        }

        // The pages inside a used run must not look like the end of a free one.
        s_info[first + info->Pages - 1].Kind = PageKind.Untouched;
        info->Kind = PageKind.Untouched;
    }

    [InlineArray(ListCount)]
    private struct FreeLists
    {
        private uint _first;
    }
}
