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
        BaseDescription description,
        ChunkMap commits,
        SharedMemoryFile contents,
        SharedMemoryFile monitor,
        BaseRange[] ranges)
    {
        Description = description;
        Commits = commits;
        MappedChunks = FindMappedChunks(description, commits);
        Contents = contents;
        Monitor = monitor;
        Ranges = ranges;
        _view = MappedRegion.MapReadOnly(contents);
    }

    public BaseDescription Description { get; }

    public ulong ChargedBytes { get; private init; }

    public ChunkMap Commits { get; }

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

    public bool TryGetNextPage(ref uint page, out ReadOnlySpan<byte> contents)
    {
        foreach (BaseRange range in Ranges)
        {
            for (page = Math.Max(page, range.FirstPage); page < range.End; page++)
            {
                if (TryGetPage(page, out contents) && contents.ContainsAnyExcept((byte)0))
                {
                    return true;
                }
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
        var commits = new ChunkMap(description.MemoryBytes);
        return Make(description, charged, commits, ranges, contents => FillFromImage(contents, description));
    }

    /// <summary>Makes a base of the memory of a VM that idled, or was ready.</summary>
    /// <param name="source">The address space of its image, or of another VM's base of it.</param>
    /// <param name="state">Its memory.</param>
    internal static KvmMemoryBase FromState(BaseDescription source, BaseState state)
    {
        var description = new BaseDescription
        {
            MemoryBytes = source.MemoryBytes,
            Entry = InstructionPage.ResumeEntry,
            Regions = source.Regions,
            HeapBase = source.HeapBase,
            StackAreaBase = source.StackAreaBase,
            StackBytes = source.StackBytes,
        };
        BaseRange[] ranges = Cover(state.Pages);
        return Make(description, state.ChargedBytes, state.Commits, ranges, contents => Fill(contents, ranges, state));
    }

    private static KvmMemoryBase Make(
        BaseDescription description,
        ulong chargedBytes,
        ChunkMap commits,
        BaseRange[] ranges,
        Action<MappedRegion> fillContents)
    {
        BaseRange last = ranges[^1];
        ulong bytes = (ulong)(last.FilePage + last.PageCount) * AddressMap.PageBytes;
        ulong monitorBytes = MonitorLayout.TotalBytes(description.MemoryBytes);
        SharedMemoryFile contents = SharedMemoryFile.Create("denali-image", bytes, fillContents);
        SharedMemoryFile? monitor = null;
        try
        {
            monitor = SharedMemoryFile.Create(
                "denali-monitor",
                monitorBytes,
                area => new MonitorAreaBuilder(area.Slice(0, (int)area.Bytes)).Build(description, commits));
            return new KvmMemoryBase(description, commits, contents, monitor, ranges) { ChargedBytes = chargedBytes };
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

    private static void Fill(MappedRegion memory, BaseRange[] ranges, BaseState state)
    {
        int at = 0;
        foreach (uint page in state.Pages)
        {
            while (page >= ranges[at].End)
            {
                at++;
            }

            ulong filePage = ranges[at].FilePage + (page - ranges[at].FirstPage);
            Span<byte> contents = memory.Slice(filePage * AddressMap.PageBytes, PageBytes);
            state.Read(page, contents);
            if (page == PageOf(AddressMap.InstructionPageBase))
            {
                // That of this engine, whoever captured the VM.
                InstructionPageCode.Write(contents);
            }
        }
    }

    private static ChunkMap FindMappedChunks(BaseDescription description, ChunkMap commits)
    {
        var mapped = new ChunkMap(description.MemoryBytes);
        mapped.AddAll(commits);
        mapped.AddAddress(AddressMap.RegisterPageBase);
        foreach (BaseRegion region in description.Regions)
        {
            for (ulong address = region.Address; address < region.End; address += AddressMap.ChunkBytes)
            {
                mapped.AddAddress(address);
            }

            mapped.AddAddress(region.End - 1);
        }

        return mapped;
    }

    /// <summary>The ranges that cover pages, and small holes between them.</summary>
    private static BaseRange[] Cover(IReadOnlyList<uint> pages)
    {
        var ranges = new List<BaseRange>();
        uint filePage = 0;
        uint first = pages[0];
        uint end = first;
        foreach (uint page in pages)
        {
            if (page > end + HoleMaxPages)
            {
                ranges.Add(new BaseRange(first, end - first, filePage));
                filePage += end - first;
                first = page;
            }

            end = page + 1;
        }

        ranges.Add(new BaseRange(first, end - first, filePage));
        return [.. ranges];
    }

    private static uint PageOf(ulong address) => (uint)(address / AddressMap.PageBytes);

    private static ulong PageEnd(ulong value) =>
        (value + AddressMap.PageBytes - 1) & ~(ulong)(AddressMap.PageBytes - 1);
}
