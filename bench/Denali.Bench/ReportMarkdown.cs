// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Denali.Bench;

/// <summary>Prints a report as docs/performance.md has it.</summary>
internal static class ReportMarkdown
{
    internal static void Write(TextWriter output, BenchmarkReport report)
    {
        output.WriteLine(
            $"`{PlainCommand(report.Command)}`: {report.Machine}, Linux {report.Kernel}, {report.Date[..10]}, "
            + $"commit {report.Commit}.");
        output.WriteLine();
        output.WriteLine("| what | value | peer | peer value | ratio | aim | met |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (BenchmarkRow row in report.Results)
        {
            string value = WithUnit(row.Value, row.Unit);
            string peerValue = WithUnit(row.PeerValue, row.Unit);
            string ratio = ReportTable.Text(row.Ratio);
            string met = row.Met switch { true => "yes", false => "no", null => "-" };
            output.WriteLine(
                $"| {row.Name} | {value} | {row.Peer ?? "-"} | {peerValue} | {ratio} | {row.Aim ?? "-"} | {met} |");
        }
    }

    /// <summary>A figure with its unit; those per second have a stroke alone.</summary>
    internal static string WithUnit(double? value, string unit) =>
        value is null ? "-" : $"{ReportTable.Text(value)} {(unit == "1/s" ? "/s" : unit)}";

    /// <summary>The command without where its figures went: that is nobody else's concern.</summary>
    internal static string PlainCommand(string command)
    {
        List<string> words = [.. command.Split(' ')];
        _ = words.Remove("--markdown");
        foreach (string option in (string[])["--json", "--svg"])
        {
            int at = words.IndexOf(option);
            if (at >= 0)
            {
                words.RemoveRange(at, Math.Min(2, words.Count - at));
            }
        }

        return string.Join(' ', words);
    }
}
