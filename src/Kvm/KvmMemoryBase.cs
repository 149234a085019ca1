// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Denali.Linux;

namespace Denali.Kvm;

/// <summary>A memory base for KVM: sealed contents of guest memory, and a sealed monitor area.</summary>
internal sealed class KvmMemoryBase : IMemoryBase
{
    private const int PageBytes = (int)AddressMap.PageBytes;

    // Ranges with a hole of at most so many pages between them are made one: a mapping costs more than empty pages.
    private const uint HoleMaxPages = 16;

    private readonly MappedRegion _view;

    private KvmMemoryBase(
        BaseDescription description, SharedMemoryFile contents, SharedMemoryFile monitor, BaseRange[] ranges)
    {
        Description = description;
        Contents = contents;
        Monitor = monitor;
        Ranges = ranges;
        MappedChunks = new ChunkMap(description.MemoryBytes);
        _view = MappedRegion.MapReadOnly(contents);
    }

    public BaseDescription Description { get; }

    public ulong ChargedBytes { get; private init; }

    /// <summary>The pages of <see cref="Ranges"/>, one after the other.</summary>
    internal SharedMemoryFile Contents { get; }

    /// <summary>The monitor area.</summary>
    internal SharedMemoryFile Monitor { get; }

    /// <summary>What has contents, ascending and apart; the rest of memory is zero.</summary>
    internal BaseRange[] Ranges { get; }

    /// <summary>The chunks in which a guest can have written without anything being committed.</summary>
    internal ChunkMap MappedChunks { get; }

    public bool TryGetPage(uint page, out ReadOnlySpan<byte> contents)
    {
        foreach (BaseRange range in Ranges)
        {
            if (page - range.FirstPage < range.PageCount)
            {
                ulong filePage = range.FilePage + (page - range.FirstPage);
                contents = _view.Slice(filePage * AddressMap.PageBytes, PageBytes);
                return true;
            }
        }

        contents = default;
        return false;
    }

    /// <summary>A slot is bound to it from now on: its contents stay readable until that changes.</summary>
    internal void AddSlot()
    {
        bool added = false;
        _view.DangerousAddRef(ref added);
    }

    /// <summary>A slot is not bound to it any more.</summary>
    internal void RemoveSlot() => _view.DangerousRelease();

    public void Dispose()
    {
        _view.Dispose();
        Contents.Dispose();
        Monitor.Dispose();
    }

    /// <summary>Makes the base of an image.</summary>
    internal static KvmMemoryBase FromImage(BaseDescription description)
    {
        ulong end = AddressMap.ImageBase;
        ulong charged = 2 * AddressMap.PageBytes;
        foreach (BaseRegion region in description.Regions)
        {
            end = Math.Max(end, region.Address + (ulong)region.Contents.Length);
            if (region.Permissions.HasFlag(Permissions.Write))
            {
                charged += PageEnd(region.MemoryBytes);
            }
        }

        uint first = PageOf(AddressMap.RegisterPageBase);
        BaseRange[] ranges = [new BaseRange(first, PageOf(PageEnd(end)) - first, 0)];
        KvmMemoryBase made = Make(
            description,
            charged,
            ranges,
            contents => FillFromImage(contents, description),
            monitor => new MonitorAreaBuilder(monitor.Slice(0, (int)monitor.Bytes)).Build(description));
        made.MappedChunks.AddAddress(AddressMap.RegisterPageBase);
        foreach (BaseRegion region in description.Regions)
        {
            for (ulong address = region.Address; address < region.End; address += AddressMap.ChunkBytes)
            {
                made.MappedChunks.AddAddress(address);
            }

            made.MappedChunks.AddAddress(region.End - 1);
        }

        return made;
    }

    /// <summary>Makes a base of the state of a VM that idles, or is ready.</summary>
    /// <param name="source">The base that the VM is bound to.</param>
    /// <param name="window">Its memory.</param>
    /// <param name="monitor">Its monitor area.</param>
    /// <param name="privatePages">Pages in which it may differ from its base, ascending.</param>
    /// <param name="commits">What was committed for it beyond its base.</param>
    /// <param name="chargedBytes">What it was charged for.</param>
    internal static KvmMemoryBase FromMachine(
        KvmMemoryBase source,
        MappedRegion window,
        MappedRegion monitor,
        ReadOnlySpan<uint> privatePages,
        ChunkMap commits,
        ulong chargedBytes)
    {
        BaseRange[] ranges = Unite(source.Ranges, privatePages);
        BaseDescription from = source.Description;
        var description = new BaseDescription
        {
            MemoryBytes = from.MemoryBytes,
            Entry = InstructionPage.ResumeEntry,
            Regions = from.Regions,
            HeapBase = from.HeapBase,
            StackAreaBase = from.StackAreaBase,
            StackBytes = from.StackBytes,
        };
        KvmMemoryBase made = Make(
            description,
            chargedBytes,
            ranges,
            contents => CopyRanges(window, contents, ranges),
            copy => CopyMonitor(monitor, copy));
        made.MappedChunks.AddAll(source.MappedChunks);
        made.MappedChunks.AddAll(commits);
        return made;
    }

    private static KvmMemoryBase Make(
        BaseDescription description,
        ulong chargedBytes,
        BaseRange[] ranges,
        Action<MappedRegion> fillContents,
        Action<MappedRegion> fillMonitor)
    {
        BaseRange last = ranges[^1];
        ulong bytes = (ulong)(last.FilePage + last.PageCount) * AddressMap.PageBytes;
        ulong monitorBytes = MonitorLayout.TotalBytes(description.MemoryBytes);
        SharedMemoryFile contents = SharedMemoryFile.Create("denali-image", bytes, fillContents);
        SharedMemoryFile? monitor = null;
        try
        {
            monitor = SharedMemoryFile.Create("denali-monitor", monitorBytes, fillMonitor);
            return new KvmMemoryBase(description, contents, monitor, ranges) { ChargedBytes = chargedBytes };
        }
        catch
        {
            monitor?.Dispose();
            contents.Dispose();
            throw;
        }
    }

    private static void FillFromImage(MappedRegion memory, BaseDescription description)
    {
        const ulong Start = AddressMap.RegisterPageBase;
        InstructionPageCode.Write(memory.Slice(AddressMap.InstructionPageBase - Start, PageBytes));
        foreach (BaseRegion region in description.Regions)
        {
            region.Contents.Span.CopyTo(memory.Slice(region.Address - Start, region.Contents.Length));
        }
    }

    private static void CopyRanges(MappedRegion window, MappedRegion contents, BaseRange[] ranges)
    {
        foreach (BaseRange range in ranges)
        {
            for (uint i = 0; i < range.PageCount; i++)
            {
                CopyPage(window, range.FirstPage + i, contents, range.FilePage + i);
            }
        }
    }

    // What the processor pushed when it last left the guest is of no use to anybody.
    private static void CopyMonitor(MappedRegion monitor, MappedRegion copy)
    {
        for (uint page = 0; page < PageOf(monitor.Bytes); page++)
        {
            if (page != PageOf(MonitorLayout.Stack))
            {
                CopyPage(monitor, page, copy, page);
            }
        }
    }

    private static void CopyPage(MappedRegion from, uint page, MappedRegion to, uint toPage)
    {
        ReadOnlySpan<byte> bytes = from.Slice((ulong)page * AddressMap.PageBytes, PageBytes);
        if (bytes.ContainsAnyExcept((byte)0))
        {
            bytes.CopyTo(to.Slice((ulong)toPage * AddressMap.PageBytes, PageBytes));
        }
    }

    /// <summary>The ranges that cover others and some pages besides.</summary>
    private static BaseRange[] Unite(BaseRange[] ranges, ReadOnlySpan<uint> pages)
    {
        var spans = new List<(uint First, uint End)>();
        foreach (BaseRange range in ranges)
        {
            spans.Add((range.FirstPage, range.End));
        }

        foreach (uint page in pages)
        {
            spans.Add((page, page + 1));
        }

        spans.Sort();
        var united = new List<BaseRange>();
        uint filePage = 0;
        (uint first, uint end) = spans[0];
        foreach ((uint First, uint End) span in spans)
        {
            if (span.First > end + HoleMaxPages)
            {
                united.Add(new BaseRange(first, end - first, filePage));
                filePage += end - first;
                first = span.First;
            }

            end = Math.Max(end, span.End);
        }

        united.Add(new BaseRange(first, end - first, filePage));
        return [.. united];
    }

    private static uint PageOf(ulong address) => (uint)(address / AddressMap.PageBytes);

    private static ulong PageEnd(ulong value) =>
        (value + AddressMap.PageBytes - 1) & ~(ulong)(AddressMap.PageBytes - 1);
}
