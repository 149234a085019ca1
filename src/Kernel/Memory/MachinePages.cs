// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using K4os.Compression.LZ4;

namespace Denali.Kernel.Memory;

/// <summary>The pages that a VM had of its own at one moment: those that differed from what it was made of.</summary>
/// <remarks>A copy, so the VM runs on. Immutable for all but the kernel; any thread.</remarks>
public sealed class MachinePages : IDisposable
{
    /// <summary>Most pages that are told: all that a VM of the default size has. Copying them keeps its worker from
    /// other VMs for some milliseconds.</summary>
    public const int PagesMax = (int)(AddressMap.MemoryDefaultBytes / AddressMap.PageBytes);

    /// <summary>Most pages that are compared: a VM may have written to many more than differ.</summary>
    internal const int LooksMax = 2 * PagesMax;

    private const int PageBytes = (int)AddressMap.PageBytes;

    private static readonly byte[] s_zeros = new byte[PageBytes];

    private readonly LoadedImage _base;
    private readonly SortedDictionary<uint, byte[]> _pages = [];
    private int _looks;
    private bool _isDisposed;

    internal MachinePages(LoadedImage memoryBase, Residence residence, ulong keptBytes)
    {
        memoryBase.AddReference();
        _base = memoryBase;
        Residence = residence;
        KeptBytes = keptBytes;
    }

    /// <summary>The VM's image.</summary>
    public DenaliImage Image => _base.Image;

    /// <summary>Where things lie in the VM's memory.</summary>
    public MemoryLayout Layout => _base.Layout;

    /// <summary>Where the VM's memory was.</summary>
    public Residence Residence { get; }

    /// <summary>What is kept of the VM while it has no slot, in bytes: its pages compressed together. 0 if it has
    /// one.</summary>
    public ulong KeptBytes { get; }

    /// <summary>Whether the pages are known. They are not if they are in the swap file: reading erases there.</summary>
    public bool IsKnown { get; internal set; } = true;

    /// <summary>Whether there are no more pages than those that are told.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Contents of a page: the VM's own, or those of what it was made of.</summary>
    /// <param name="page">Its number, counted from address 0.</param>
    /// <param name="contents">The page, until this is disposed.</param>
    /// <returns>False if it is all zeros.</returns>
    public bool TryGetPage(uint page, out ReadOnlySpan<byte> contents)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_pages.TryGetValue(page, out byte[]? own))
        {
            contents = own;
            return true;
        }

        return _base.TryGetPage(page, out contents);
    }

    /// <summary>Compares each page with what it was.</summary>
    /// <returns>The pages, ascending, with what differs in each.</returns>
    public IReadOnlyList<PageChange> FindChanges()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var changes = new List<PageChange>(_pages.Count);
        foreach ((uint page, byte[] contents) in _pages)
        {
            changes.Add(PageChange.Find(page, Original(page), contents));
        }

        return changes;
    }

    /// <summary>What keeping the difference of one page would take. Pages that are kept together take less.</summary>
    /// <param name="page">One of those that differ.</param>
    /// <returns>Bytes, as LZ4 compresses it.</returns>
    public int CompressedBytes(uint page)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        byte[] difference = [.. _pages[page]];
        PageDelta.Apply(difference, Original(page));
        Span<byte> compressed = stackalloc byte[LZ4Codec.MaximumOutputSize(PageBytes)];
        return LZ4Codec.Encode(difference, compressed, LZ4Level.L00_FAST);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _base.RemoveReference();
        }
    }

    /// <summary>Takes a copy of a page of the VM, if it differs from what it was.</summary>
    /// <param name="page">Its number.</param>
    /// <param name="contents">What it holds.</param>
    /// <returns>False if no more are taken.</returns>
    internal bool TryAdd(uint page, ReadOnlySpan<byte> contents)
    {
        IsWhole = ++_looks <= LooksMax;
        if (!IsWhole || contents.SequenceEqual(Original(page)))
        {
            return IsWhole;
        }

        IsWhole = _pages.Count < PagesMax;
        if (IsWhole)
        {
            _pages[page] = contents.ToArray();
        }

        return IsWhole;
    }

    private ReadOnlySpan<byte> Original(uint page) =>
        _base.TryGetPage(page, out ReadOnlySpan<byte> contents) ? contents : s_zeros;
}
