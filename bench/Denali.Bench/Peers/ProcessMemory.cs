// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Denali.Bench.Peers;

/// <summary>
/// The memory of processes as /proc/PID/smaps_rollup tells it: the proportional set size, in which a page that several
/// processes have counts for each in part. So the sum over processes counts each page once, and nothing that other
/// processes of the machine do is in it. What the host's kernel keeps for a process is not in it either.
/// </summary>
internal static class ProcessMemory
{
    /// <summary>Bytes of a process alone.</summary>
    /// <exception cref="IOException">It has ended, or may not be looked into.</exception>
    internal static long Measure(int process)
    {
        const string Name = "Pss:";
        string path = Invariant($"/proc/{process}/smaps_rollup");
        try
        {
            string line = File.ReadLines(path).First(line => line.StartsWith(Name, StringComparison.Ordinal));
            string number = line[Name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
            return 1024 * long.Parse(number, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is InvalidOperationException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' does not tell the memory: {e.Message}", e);
        }
    }

    /// <summary>Bytes of processes and of all their children.</summary>
    /// <exception cref="IOException">One has ended, or may not be looked into.</exception>
    internal static long MeasureTrees(IEnumerable<int> processes)
    {
        ILookup<int, int> children = FindChildren();
        long bytes = 0;
        var rest = new Stack<int>(processes);
        while (rest.TryPop(out int process))
        {
            bytes += Measure(process);
            foreach (int child in children[process])
            {
                rest.Push(child);
            }
        }

        return bytes;
    }

    // Not every Linux has /proc/PID/task/TID/children: each process is asked for its parent.
    private static ILookup<int, int> FindChildren() => Directory.GetDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int id) ? id : 0)
        .Where(process => process > 0)
        .ToLookup(ParentOf);

    private static int ParentOf(int process)
    {
        try
        {
            // "PID (name) state parent ...": the name may have anything in it, parentheses too.
            string stat = File.ReadAllText(Invariant($"/proc/{process}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
