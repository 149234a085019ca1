// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Denali.Bench;

/// <summary>Prints a report as a table.</summary>
internal static class ReportTable
{
    private static readonly string[] s_heads = ["what", "value", "unit", "peer", "peer value", "ratio", "aim", "met"];

    internal static void Write(TextWriter output, BenchmarkReport report)
    {
        List<string[]> rows = [s_heads, .. report.Results.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, s_heads.Length).Select(i => rows.Max(row => row[i].Length))];
        output.WriteLine($"{report.Benchmark}: {report.Machine}, Linux {report.Kernel}, {report.Commit}");
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, i) =>
                i is 1 or 4 or 5 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private static string[] Cells(BenchmarkRow row) =>
    [
        row.Name,
        Text(row.Value),
        row.Unit,
        row.Peer ?? "-",
        Text(row.PeerValue),
        Text(row.Ratio),
        row.Aim ?? "-",
        row.Met switch { true => "yes", false => "NO", null => "-" },
    ];

    /// <summary>A figure, with as many digits as mean something.</summary>
    internal static string Text(double? value) => value switch
    {
        null => "-",
        { } v when Math.Abs(v) >= 1000 => v.ToString("N0", CultureInfo.InvariantCulture),
        { } v when Math.Abs(v) >= 100 => v.ToString("F1", CultureInfo.InvariantCulture),
        { } v => v.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
