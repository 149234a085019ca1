// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
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
        int made = 0;
        foreach (int size in s_sizes)
        {
            if (size > most)
            {
                break;
            }

            Measure(context, fleet, size, size - made, empty, before);
            made = size;
        }
    }

    private static void Measure(
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
        string name = FormattableString.Invariant($"{size:N0} VMs");
        context.Add($"{name}: created", [more / createSeconds], "VMs/s");
        context.Add($"{name}: first visits", [more / visitSeconds], "VMs/s");
        context.Add($"{name}: a first visit, on the processor", [processor.TotalMicroseconds / more], "us");
        context.Add($"{name}: memory of the machine", [visited.Used / MiB], "MiB");
        context.Add($"{name}: memory of the machine per VM", [visited.Used / parked], "bytes");
        context.Add($"{name}: of it parked pages", [(usage.ParkedBytes - before.ParkedBytes) / parked], "bytes");
        context.Add(
            $"{name}: of it garbage-collected", [visited.Heap / parked], "bytes");
        context.Add($"{name}: page tables and slab", [(visited.PageTables + visited.Slab) / parked], "bytes");
        context.Add(
            $"{name}: never visited, per VM", [created.Used / parked], "bytes");
        context.Add(
            $"{name}: pages of their own when parked",
            [(double)(usage.ParkedPages - before.ParkedPages) / Math.Max(1, usage.Parks - before.Parks)],
            "pages");
    }
}
