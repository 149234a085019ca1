// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Denali.Bench.Charts;
using Denali.Kernel;
using Denali.Kernel.Memory;
using Denali.Kernel.Network;

namespace Denali.Bench;

/// <summary>What web VMs cost that have each served a request, from a thousand of them to a million.</summary>
internal static class DensityBenchmark
{
    private const int Slots = 512;
    private const int Concurrency = 16;
    private const double MiB = 1 << 20;

    // What the paper needs for 10,000 VMs, in its MB of a million bytes; and what a million may take.
    private const double PaperMiB = 81e6 / MiB;
    private const double MillionMiB = 16 * 1024;

    private static readonly int[] s_sizes = [1_000, 10_000, 100_000, 1_000_000];

    // The kernel's and the switch's records.
    private static int MetadataBytes => IsolationKernel.RecordBytes + Unsafe.SizeOf<PortRecord>();

    internal static void Run(BenchmarkContext context)
    {
        int most = context.Machines ?? (context.IsQuick ? 1_000 : 10_000);
        using var fleet = new WebFleet(Slots);

        // The slots are there before: what is measured is what comes on top of them.
        BenchmarkContext.Progress("filling the slots");
        ulong[] first = fleet.Create(Slots * 2);
        _ = fleet.VisitAll(first, Concurrency);
        HostMemory empty = HostMemory.Measure();
        SlotUsage before = fleet.Kernel.SlotUsage;
        context.Add(
            "metadata of a VM", [MetadataBytes], "bytes", aim: "at most 512 bytes", isMet: (value, _) => value <= 512);
        var sizes = new List<MemoryFigures>();
        int made = 0;
        foreach (int size in most < s_sizes[0] ? [most] : s_sizes.Where(size => size <= most))
        {
            sizes.Add(Measure(context, fleet, size, size - made, empty, before));
            made = size;
        }

        Draw(context, sizes);
    }

    private static MemoryFigures Measure(
        BenchmarkContext context, WebFleet fleet, int size, int more, HostMemory empty, SlotUsage before)
    {
        TimeProvider time = TimeProvider.System;
        BenchmarkContext.Progress($"making {more} VMs");
        long begin = time.GetTimestamp();
        ulong[] machines = fleet.Create(more);
        double createSeconds = time.GetElapsedTime(begin).TotalSeconds;
        HostMemory created = HostMemory.Measure().Since(empty);
        BenchmarkContext.Progress($"visiting {more} VMs");
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        double visitSeconds = fleet.VisitAll(machines, Concurrency);
        processor = Environment.CpuUsage.TotalTime - processor;
        HostMemory visited = HostMemory.Measure().Since(empty);
        SlotUsage usage = fleet.Kernel.SlotUsage;
        double parked = size;
        double pages = (double)(usage.ParkedPages - before.ParkedPages) / Math.Max(1, usage.Parks - before.Parks);
        var figures = new MemoryFigures(
            size,
            visited.Used / parked,
            visited.Process / parked,
            pages * Environment.SystemPageSize,
            (usage.ParkedBytes - before.ParkedBytes) / parked,
            (visited.PageTables + visited.Slab) / parked);
        string name = FormattableString.Invariant($"{size:N0} VMs");
        context.Add($"{name}: created", [more / createSeconds], "VMs/s");
        context.Add($"{name}: first visits, all answered", [more / visitSeconds], "VMs/s");
        context.Add($"{name}: a first visit, on the processor", [processor.TotalMicroseconds / more], "us");
        AddTotal(context, name, size, visited.Used);
        context.Add($"{name}: memory of the process", [visited.Process / MiB], "MiB");
        context.Add($"{name}: memory of the machine per VM", [figures.Machine], "bytes");
        context.Add($"{name}: memory of the process per VM", [figures.Process], "bytes");
        context.Add($"{name}: of it parked pages, compressed", [figures.Compressed], "bytes");
        context.Add($"{name}: the same pages as they are", [figures.Raw], "bytes");
        context.Add($"{name}: garbage-collected", [visited.Heap / parked], "bytes");
        context.Add($"{name}: slab of the host", [visited.Slab / parked], "bytes");
        context.Add($"{name}: page tables of the host", [visited.PageTables / parked], "bytes");
        context.Add($"{name}: never visited, memory of the process per VM", [created.Process / parked], "bytes");
        return figures;
    }

    private static void AddTotal(BenchmarkContext context, string name, int size, long used)
    {
        double? mostMiB = size switch { 10_000 => PaperMiB, 1_000_000 => MillionMiB, _ => null };
        context.Add(
            $"{name}: memory of the machine",
            [used / MiB],
            "MiB",
            aim: mostMiB is null ? null : FormattableString.Invariant($"at most {mostMiB:N0} MiB"),
            isMet: mostMiB is null ? null : (value, _) => value <= mostMiB);
    }

    private static void Draw(BenchmarkContext context, List<MemoryFigures> sizes)
    {
        ChartSeries Line(string name, int colour, Func<MemoryFigures, double> value) =>
            new(name, [.. sizes.Select(size => ((double)size.Machines, value(size)))], colour);

        context.AddChart(new LineChart(
            "Memory of web VMs that have each answered a request",
            "VMs",
            "bytes per VM",
            [
                Line("pages of their own, raw", 0, size => size.Raw),
                Line("the same, compressed", 1, size => size.Compressed),
                Line("memory of the machine", 2, size => size.Machine),
                Line("memory of the process", 3, size => size.Process),
                Line("metadata", 4, _ => MetadataBytes),
                Line("page tables and slab", 5, size => size.Host),
            ]));
    }

    /// <param name="Machines">VMs.</param>
    /// <param name="Machine">Memory of the machine per VM, in bytes; so are the others.</param>
    /// <param name="Process">Memory of the process.</param>
    /// <param name="Raw">Pages of their own.</param>
    /// <param name="Compressed">The same as they are kept.</param>
    /// <param name="Host">The host's page tables and slab.</param>
    private sealed record MemoryFigures(
        int Machines, double Machine, double Process, double Raw, double Compressed, double Host);
}
