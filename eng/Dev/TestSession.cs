// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Denali.Dev;

/// <summary>Runs the test projects and tells what came out.</summary>
/// <remarks>One after the other, because some tests measure time; first, two at a time, those that say that they do
/// not.</remarks>
internal sealed class TestSession(TestOptions options, TextWriter output)
{
    private const int SharingMax = 2;

    private readonly SortedDictionary<string, TestReport> _reports = new(StringComparer.Ordinal);

    /// <summary>Runs everything.</summary>
    /// <returns>The exit code: 0 if at least one test passed and none failed, else 1.</returns>
    public int Run()
    {
        IReadOnlyList<TestProject> projects = TestProject.Discover(options.Root);
        int width = projects.Max(project => (int?)project.Name.Length) ?? 0;
        var sharing = new ParallelOptions { MaxDegreeOfParallelism = SharingMax };
        Parallel.ForEach(
            Partitioner.Create(
                projects.Where(project => project.SharesMachine), EnumerablePartitionerOptions.NoBuffering),
            sharing,
            project => Run(project, width));
        foreach (TestProject project in projects.Where(project => !project.SharesMachine))
        {
            Run(project, width);
        }

        return Summarize(_reports.Values, output);
    }

    private void Run(TestProject project, int width)
    {
        long start = Stopwatch.GetTimestamp();
        TestReport report = project.Run(options);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string time = seconds.ToString("F1", CultureInfo.InvariantCulture);
        lock (_reports)
        {
            string counts = Counts(report.Passed, report.Failed.Count, report.Skipped.Count);
            output.WriteLine($"{project.Name.PadRight(width + 2)}{counts}  {time} s");
            output.Flush();
            _reports.Add(project.Name, report);
        }
    }

    /// <summary>Writes failures and skips, and as the last line the counts.</summary>
    /// <param name="reports">What the projects said.</param>
    /// <param name="output">Where to write.</param>
    /// <returns>The exit code.</returns>
    internal static int Summarize(IEnumerable<TestReport> reports, TextWriter output)
    {
        TestReport[] all = [.. reports];
        foreach ((string name, string reason) in all.SelectMany(report => report.Skipped))
        {
            output.WriteLine($"skipped: {name}: {reason}");
        }

        foreach ((string name, string detail) in all.SelectMany(report => report.Failed))
        {
            output.WriteLine();
            output.WriteLine($"FAILED: {name}");
            output.WriteLine(string.Join('\n', detail.Split('\n').Select(line => "    " + line.TrimEnd())));
        }

        int passed = all.Sum(report => report.Passed);
        int failed = all.Sum(report => report.Failed.Count);
        int skipped = all.Sum(report => report.Skipped.Count);
        output.WriteLine();
        if (passed + failed == 0)
        {
            output.WriteLine("No test ran.");
        }

        output.WriteLine(Counts(passed, failed, skipped));
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static string Counts(int passed, int failed, int skipped) =>
        $"{passed} passed, {failed} failed, {skipped} skipped";
}
