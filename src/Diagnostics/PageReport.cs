// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>Says what the pages are in which a VM's memory differs from what it was made of.</summary>
/// <remarks>What lies in a page is guessed from symbols and the heap's contents, which are the guest's. One thread at a
/// time. Pages in ascending order cost least.</remarks>
public sealed class PageReport
{
    private const int PartsMax = 6;

    private readonly DenaliImage _image;
    private readonly MemoryLayout _layout;
    private readonly ObjectFinder _objects;
    private readonly RingFinder _rings;

    /// <summary>Prepares reports.</summary>
    /// <param name="image">The VM's image.</param>
    /// <param name="layout">Where things lie in its memory.</param>
    /// <param name="pages">Its memory.</param>
    public PageReport(DenaliImage image, in MemoryLayout layout, PageSource pages)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(pages);
        _image = image;
        _layout = layout;
        _objects = new ObjectFinder(image, layout, pages);
        _rings = new RingFinder(pages);
    }

    /// <summary>Explains a page.</summary>
    /// <param name="change">The page, and what of it differs.</param>
    /// <returns>Where it lies, and what differs there.</returns>
    public PageExplanation Explain(PageChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        ulong address = (ulong)change.Page * AddressMap.PageBytes;
        var names = new Dictionary<string, int>();
        foreach ((int offset, int length) in change.Ranges)
        {
            // Neighbours may belong to different things.
            for (int at = offset; at < offset + length; at += sizeof(ulong))
            {
                string name = Name(address + (ulong)at);
                names[name] = names.GetValueOrDefault(name) + sizeof(ulong);
            }
        }

        _ = names.Remove(string.Empty);
        PagePart[] parts =
        [
            .. names.OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key, StringComparer.Ordinal)
                .Take(PartsMax)
                .Select(pair => new PagePart(pair.Key, pair.Value)),
        ];
        return new PageExplanation(address, change.ByteCount, Place(address), parts, names.Count > PartsMax);
    }

    private string Place(ulong address)
    {
        if (address < AddressMap.ImageBase)
        {
            return address == AddressMap.RegisterPageBase ? "registers" : "arguments";
        }

        if (address < _layout.HeapBase)
        {
            return PlaceInImage(address);
        }

        if (!_layout.IsInStackArea(address))
        {
            return "heap";
        }

        ulong stack = (_layout.MemoryBytes - 1 - address) / _layout.StackBytes;
        return string.Create(CultureInfo.InvariantCulture, $"stack {stack}");
    }

    private string PlaceInImage(ulong address)
    {
        foreach (ImageSegment segment in _image.Segments)
        {
            if (address >= segment.PageBase && address < segment.PageEnd && segment.IsWritable)
            {
                return address < segment.Address + (ulong)segment.FileBytes ? "data" : "bss";
            }
        }

        return "image";
    }

    private string Name(ulong address)
    {
        if (_rings.TryFind(address, out string name))
        {
            return name;
        }

        if (address >= AddressMap.ImageBase && address < _layout.HeapBase)
        {
            return _image.DataSymbols.TryFind(address, out SymbolMatch match) ? match.Name : "?";
        }

        if (address >= _layout.HeapBase && !_layout.IsInStackArea(address))
        {
            return _objects.TryFind(address, out name) ? name : "no object";
        }

        return string.Empty;
    }
}
