// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Denali.Control;
using Denali.Control.Api;
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>The pages that a VM has of its own, for people: a headline, then a line for each.</summary>
internal static class PageText
{
    private const string Columns = "  address  differ  packed  place       what differs there, in bytes";

    /// <summary>Writes them.</summary>
    /// <param name="what">Whose they are, or when.</param>
    /// <param name="list">The pages.</param>
    /// <param name="to">Where they go.</param>
    internal static void Write(string what, PageList list, TextWriter to)
    {
        string kept = list.Residence == Residence.Bound
            ? list.Residence.ToString()
            : $"{list.Residence}, {ByteCount.Format(list.KeptBytes)} are kept";
        if (!list.IsKnown)
        {
            to.WriteLine($"{what}: {kept}; which pages is known when it has been woken: denali wake does that");
            return;
        }

        to.WriteLine(Text(
            $"{what}: {list.Pages.Count} pages with {list.Pages.Sum(page => page.Bytes)} bytes that differ ({kept})"));
        if (list.Pages.Count > 0)
        {
            to.WriteLine(Columns);
        }

        foreach (PageRow page in list.Pages)
        {
            to.WriteLine(LineOf(page));
        }

        if (!list.IsWhole)
        {
            to.WriteLine("There are more: no more are told.");
        }
    }

    private static string LineOf(PageRow page)
    {
        string parts = string.Join(", ", page.Parts.Select(part => Text($"{part.Name} {part.Bytes}")));
        string more = page.HasMore ? ", ..." : "";
        return Text($"{page.Address,9}  {page.Bytes,6}  {page.CompressedBytes,6}  {page.Place,-10}  {parts}{more}")
            .TrimEnd();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
