// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Bench.Visits;
using Denali.Kernel;

namespace Denali.Bench;

/// <summary>
/// What the end of the kernel's process costs, and its start again: web VMs of one template, of which one in ten has
/// served a visitor, are written to the swap file; another kernel goes on with all of them, and they are visited.
/// </summary>
internal static class SurviveBenchmark
{
    private const int Slots = 64;
    private const int Concurrency = 16;
    private const int VisitedOneIn = 10;

    // Visits one after the other: enough for a percentile.
    private const int SampleMax = 2_000;

    internal static void Run(BenchmarkContext context)
    {
        int count = context.Machines ?? (context.IsQuick ? 10_000 : 100_000);
        int visited = Math.Max(count / VisitedOneIn, 1);
        using var fleet = new WebFleet(Slots, parkedLimitBytes: ulong.MaxValue);
        BenchmarkContext.Progress($"making {count} VMs, and visiting {visited}");
        ulong[] machines = fleet.Create(count);
        _ = fleet.VisitAll(machines[..visited], Concurrency);
        string name = FormattableString.Invariant($"{count:N0} VMs");
        Save(context, fleet, name, count, visited);
        Resume(context, fleet, name, count);

        BenchmarkContext.Progress("visiting them again");
        Visit(context, fleet, $"{name}: first visit of one that had run", machines[..visited]);
        Visit(context, fleet, $"{name}: first visit of one that had not", machines[visited..]);
        if (fleet.EndedCount > 0)
        {
            throw new KernelException($"{fleet.EndedCount} of {count} VMs have ended");
        }
    }

    private static void Save(BenchmarkContext context, WebFleet fleet, string name, int count, int visited)
    {
        BenchmarkContext.Progress($"saving {count} VMs");
        TimeProvider time = TimeProvider.System;
        ulong before = fleet.Kernel.MemoryUsage.SwapUsedBytes;
        long begin = time.GetTimestamp();
        fleet.SaveAll(count);
        double seconds = time.GetElapsedTime(begin).TotalSeconds;
        context.Add($"{name}: saved", [count / seconds], "VMs/s");
        context.Add(
            $"{name}: swap file per VM that had run",
            [(fleet.Kernel.MemoryUsage.SwapUsedBytes - before) / (double)visited],
            "bytes");
    }

    private static void Resume(BenchmarkContext context, WebFleet fleet, string name, int count)
    {
        BenchmarkContext.Progress($"going on with {count} VMs");
        TimeProvider time = TimeProvider.System;
        fleet.End();
        long begin = time.GetTimestamp();
        fleet.Restart();
        double openedSeconds = time.GetElapsedTime(begin).TotalSeconds;
        begin = time.GetTimestamp();
        fleet.ResumeAll();
        double resumedSeconds = time.GetElapsedTime(begin).TotalSeconds;
        context.Add($"{name}: found in the swap file", [count / openedSeconds], "VMs/s");
        context.Add($"{name}: resumed", [count / resumedSeconds], "VMs/s");
    }

    private static void Visit(BenchmarkContext context, WebFleet fleet, string name, ulong[] machines)
    {
        if (machines.Length == 0)
        {
            context.AddAbsent(name, "us", "there is none; make more VMs");
            return;
        }

        // From all over the file, each once.
        int step = Math.Max(machines.Length / SampleMax, 1);
        ulong[] sample = [.. machines.Where((_, index) => index % step == 0)];
        var micros = new List<double>();
        int next = 0;
        _ = new ClosedLoop(fleet.Host, fleet.PagesOf(sample)).Run(
            () => next < sample.Length ? next++ : ClosedLoop.NoPage,
            1,
            visitor => micros.Add(
                TimeProvider.System.GetElapsedTime(visitor.IntendedTicks, visitor.FirstByteTicks).TotalMicroseconds));
        context.Add($"{name}, p50", [Statistics.Percentile(micros, 50)], "us");
        context.Add($"{name}, p99", [Statistics.Percentile(micros, 99)], "us");
    }
}
