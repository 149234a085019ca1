// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Denali.Bench;

/// <summary>What the whole machine uses, from /proc/meminfo, in bytes.</summary>
/// <param name="Used">All that is not available: MemTotal less MemAvailable.</param>
/// <param name="Anonymous">Pages of processes that no file has, and memory files.</param>
/// <param name="Slab">The host kernel's objects.</param>
/// <param name="PageTables">Page tables of processes, and of VMs.</param>
/// <param name="Heap">This process's garbage-collected heap.</param>
/// <param name="Process">What this process has in memory, which others cannot change as they can the rest.</param>
internal readonly record struct HostMemory(
    long Used, long Anonymous, long Slab, long PageTables, long Heap, long Process)
{
    /// <summary>Measures, after a collection of garbage.</summary>
    internal static HostMemory Measure()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string[] lines = File.ReadAllLines("/proc/meminfo");
        return new HostMemory(
            Read(lines, "MemTotal") - Read(lines, "MemAvailable"),
            Read(lines, "AnonPages") + Read(lines, "Shmem"),
            Read(lines, "Slab"),
            Read(lines, "PageTables") + Read(lines, "SecPageTables"),
            GC.GetTotalMemory(forceFullCollection: false),
            Environment.WorkingSet);
    }

    /// <summary>What came since an earlier measurement.</summary>
    internal HostMemory Since(HostMemory before) => new(
        Used - before.Used,
        Anonymous - before.Anonymous,
        Slab - before.Slab,
        PageTables - before.PageTables,
        Heap - before.Heap,
        Process - before.Process);

    private static long Read(string[] lines, string name)
    {
        string? line = lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
    }
}
