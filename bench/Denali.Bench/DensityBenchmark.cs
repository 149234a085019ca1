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

/// <summary>
/// What web VMs cost that have each served a request, from a thousand of them to a million; in a slot, parked, and in
/// the swap file.
/// </summary>
internal static class DensityBenchmark
{
    // As many as are made at once: there are not more of them after the first visits.
    private const int Slots = 64;
    private const int Concurrency = 16;
    private const double MiB = 1 << 20;

    // So many VMs are asked once more at the end, and so many are swapped out.
    private const int AskedAgain = 10_000;
    private const int Swapped = 1_000;

    // What the paper needs for 10,000 VMs, in its MB of a million bytes; and what a million may take.
    private const double PaperMiB = 81e6 / MiB;
    private const double MillionMiB = 16 * 1024;

    private static readonly int[] s_sizes = [1_000, 10_000, 100_000, 1_000_000];

    // The kernel's and the switch's records.
    private static int MetadataBytes => IsolationKernel.RecordBytes + Unsafe.SizeOf<PortRecord>();

    internal static void Run(BenchmarkContext context)
    {
        int most = context.Machines ?? (context.IsQuick ? 1_000 : 10_000);
        context.Add(
            "metadata of a VM", [MetadataBytes], "bytes", aim: "at most 512 bytes", isMet: (value, _) => value <= 512);
        MeasureFleet(context, most);
        MeasureSwapped(context, Math.Min(Swapped, most));
    }

    private static void MeasureFleet(BenchmarkContext context, int most)
    {
        using var fleet = new WebFleet(Slots);
        BenchmarkContext.Progress("filling the slots");
        MeasureBound(context, fleet);

        // The slots are there before: what is measured is what comes on top of them, and of VMs that are parked.
        _ = fleet.VisitAll(fleet.Create(Slots), Concurrency);
        HostMemory empty = HostMemory.Measure();
        HostMemory last = empty;
        SlotUsage before = fleet.Kernel.SlotUsage;
        var sizes = new List<MemoryFigures>();
        var all = new List<ulong>(most);
        foreach (int size in most < s_sizes[0] ? [most] : s_sizes.Where(size => size <= most))
        {
            double createSeconds = Create(fleet, size - all.Count, out ulong[] machines);
            HostMemory created = HostMemory.Measure();
            string name = FormattableString.Invariant($"{size:N0} VMs");
            context.Add($"{name}: created", [machines.Length / createSeconds], "VMs/s");
            context.Add(
                $"{name}: never visited, memory of the process per VM made",
                [created.Since(last).Process / (double)machines.Length],
                "bytes");
            all.AddRange(machines);
            sizes.Add(Visit(context, fleet, machines, size, empty, before));
            last = HostMemory.Measure();
        }

        AskAgain(context, fleet, all);
        Draw(context, sizes);
    }

    // All of these hold a slot, and none has held it before.
    private static void MeasureBound(BenchmarkContext context, WebFleet fleet)
    {
        int slots = fleet.Kernel.SlotUsage.Slots;
        HostMemory none = HostMemory.Measure();
        _ = fleet.VisitAll(fleet.Create(Slots), Concurrency);
        HostMemory full = HostMemory.Measure().Since(none);
        double made = fleet.Kernel.SlotUsage.Slots - slots;
        context.Add("bound: memory of the process per slot, with its VM", [full.Process / made], "bytes");
        context.Add("bound: memory of the machine per slot, with its VM", [full.Used / made], "bytes");
    }

    private static double Create(WebFleet fleet, int more, out ulong[] machines)
    {
        BenchmarkContext.Progress($"making {more} VMs");
        long begin = TimeProvider.System.GetTimestamp();
        machines = fleet.Create(more);
        return TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
    }

    private static MemoryFigures Visit(
        BenchmarkContext context, WebFleet fleet, ulong[] machines, int size, HostMemory empty, SlotUsage before)
    {
        int more = machines.Length;
        BenchmarkContext.Progress($"visiting {more} VMs");
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        (long answered, double visitSeconds) = fleet.AskAll(machines, Concurrency);
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
        AddAnswered(context, fleet, $"{name}: first visits, answered", answered, more);
        context.Add($"{name}: first visits", [answered / visitSeconds], "VMs/s");
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

    // Those that were visited long ago and sleep, as well as the last: chosen by chance, the same in every run.
    private static void AskAgain(BenchmarkContext context, WebFleet fleet, List<ulong> all)
    {
        ulong[] chosen = [.. all];
        new Random(1).Shuffle(chosen);
        ulong[] asleep =
        [
            .. chosen.Where(id => fleet.Kernel.TryGetSummary(id, out MachineSummary machine)
                && machine.Residence == Residence.Parked).Take(AskedAgain),
        ];
        string name = FormattableString.Invariant($"{all.Count:N0} VMs: {asleep.Length:N0} that slept");
        if (asleep.Length == 0)
        {
            context.AddAbsent(name, "VMs", $"all have a slot; make more than {Slots}");
            return;
        }

        BenchmarkContext.Progress($"asking {asleep.Length} VMs again");
        (long answered, double seconds) = fleet.AskAll(asleep, Concurrency);
        AddAnswered(context, fleet, $"{name} asked again at the end, answered", answered, asleep.Length);
        context.Add($"{name}: woken and answered", [answered / seconds], "VMs/s");
    }

    private static void AddAnswered(BenchmarkContext context, WebFleet fleet, string name, long answered, int asked) =>
        context.Add(
            name, [answered], "VMs", aim: FormattableString.Invariant($"all {asked:N0} that were asked"),
            isMet: (value, _) => (int)value == asked && fleet.EndedCount == 0);

    private static void MeasureSwapped(BenchmarkContext context, int count)
    {
        using var fleet = new WebFleet(Slots, parkedLimitBytes: ulong.MaxValue);
        ulong[] machines = fleet.Create(count);
        _ = fleet.VisitAll(machines, Concurrency);
        BenchmarkContext.Progress($"swapping {count} VMs out");

        // One that has something to do just then stays.
        ulong[] gone = [.. machines.Where(id => fleet.Kernel.SwapOutAsync(id).GetAwaiter().GetResult())];
        MemoryUsage usage = fleet.Kernel.MemoryUsage;
        double swapped = Math.Max(usage.SwappedMachines, 1);
        string name = FormattableString.Invariant($"{usage.SwappedMachines:N0} VMs swapped out");
        context.Add(
            $"{name}: kept in memory per VM", [MetadataBytes + (usage.ParkedBytes / swapped)], "bytes",
            aim: "at most 512 bytes", isMet: (value, _) => value <= 512);
        context.Add($"{name}: in the file per VM, in whole blocks", [usage.SwapUsedBytes / swapped], "bytes");
        (long answered, _) = fleet.AskAll(gone, Concurrency);
        AddAnswered(context, fleet, $"{name}: asked, answered", answered, gone.Length);
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
