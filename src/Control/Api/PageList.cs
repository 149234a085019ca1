// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Denali.Diagnostics;
using Denali.Engine;
using Denali.Kernel;
using Denali.Kernel.Memory;

namespace Denali.Control.Api;

/// <summary>The pages that a VM has of its own, explained.</summary>
public sealed record PageList
{
    /// <summary>Where the VM's memory is.</summary>
    public required Residence Residence { get; init; }

    /// <summary>What is kept of the VM while it has no slot, in bytes: its pages compressed together.</summary>
    public ulong KeptBytes { get; init; }

    /// <summary>Whether the pages are known: not if they are in the swap file.</summary>
    public required bool IsKnown { get; init; }

    /// <summary>Whether there are no more than those listed.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>The pages, by address.</summary>
    public required IReadOnlyList<PageRow> Pages { get; init; }

    /// <summary>Explains pages. That looks at each word of the VM's heap a few times at most, whatever is
    /// there.</summary>
    /// <param name="pages">The pages.</param>
    /// <returns>The list.</returns>
    public static PageList Of(MachinePages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        var report = new PageReport(pages.Image, pages.Layout, pages.TryGetPage);
        return new PageList
        {
            Residence = pages.Residence,
            KeptBytes = pages.KeptBytes,
            IsKnown = pages.IsKnown,
            IsWhole = pages.IsWhole,
            Pages = [.. pages.FindChanges().Select(change => RowOf(change, report, pages))],
        };
    }

    private static PageRow RowOf(PageChange change, PageReport report, MachinePages pages)
    {
        PageExplanation page = report.Explain(change);
        return new PageRow
        {
            Address = page.Address.ToString("x", CultureInfo.InvariantCulture),
            Bytes = page.ByteCount,
            CompressedBytes = pages.CompressedBytes(change.Page),
            Place = page.Place,
            Parts = page.Parts,
            HasMore = page.HasMore,
        };
    }
}
