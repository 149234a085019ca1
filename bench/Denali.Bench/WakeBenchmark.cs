// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Denali.Bench.Charts;
using Denali.Bench.Visits;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kvm;
using Denali.Linux;

namespace Denali.Bench;

/// <summary>
/// How long a VM takes to wake: from an event to its first instructions, and from a visitor's first packet to the first
/// byte of a page. Bound: it holds its slot. Parked: another VM is parked for it, and its memory is put back. Swapped:
/// the same, out of the swap file, which the host has in its page cache, or has to read from the device.
/// </summary>
internal static class WakeBenchmark
{
    private const int Slots = 64;
    private const int Machines = 512;
    private const double ParkedAimUs = 300;
    private const double SwappedAimUs = 2_000;

    private const string ColdName = "swapped, from the device: event to first instructions";

    // Swapping a VM out takes longer than waking it: it is done in one of so many rounds.
    private const int SwapEvery = 5;

    private static readonly double[] s_oneIn = [2, 5, 10, 20, 50, 100, 200, 500, 1_000];

    internal static void Run(BenchmarkContext context)
    {
        int rounds = context.IsQuick ? 1_000 : 10_000;
        List<ChartSeries> series = [];
        MeasureInstruction(context, rounds, series);
        MeasurePage(context, rounds, series);
        context.AddChart(new LineChart("Waking a VM", "slowest one in so many", "us", series));
    }

    private static void MeasureInstruction(BenchmarkContext context, int rounds, List<ChartSeries> series)
    {
        BenchmarkContext.Progress("first instructions");
        using var engine = new KvmEngine();
        string folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
        string path = Path.Combine(folder, "swap");
        using var kernel = new IsolationKernel(engine, new KernelOptions
        {
            WorkerCount = 1,
            SlotLimit = Slots,
            Swap = new SwapOptions { Path = path },
        });

        // Both have the file open by now, and it goes with them.
        using var device = new SwapFileOnDevice(path);
        Directory.Delete(folder, recursive: true);
        using LoadedImage image = kernel.Load(BenchGuest.Parse());
        var observer = new GuestObserver();
        using LoadedImage template = kernel.CreateTemplateAsync(
            new MachineOptions { Image = image, Observer = observer, Arguments = ["bench", "wake"] })
            .GetAwaiter().GetResult();
        ulong[] machines = new ulong[Machines];
        for (int i = 0; i < machines.Length; i++)
        {
            machines[i] = kernel.Create(
                new MachineOptions { Image = template, Observer = observer, StartsWhenNeeded = true });
            _ = Wake(kernel, observer, machines[i]);
        }

        double usPerTick = 1000.0 / engine.TscKhz;
        var bound = new List<double>();
        var parked = new List<double>();
        var swapped = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            ulong machine = machines[round % Machines];
            parked.Add(Wake(kernel, observer, machine) * usPerTick);
            bound.Add(Wake(kernel, observer, machine) * usPerTick);
            if (round % SwapEvery == 0 && kernel.SwapOutAsync(machine).GetAwaiter().GetResult())
            {
                swapped.Add(Wake(kernel, observer, machine) * usPerTick);
            }
        }

        Add(context, series, "bound: event to first instructions", bound, null);
        Add(context, series, "parked: event to first instructions", parked, ParkedAimUs);
        Add(context, series, "swapped: event to first instructions", swapped, SwappedAimUs);
        MeasureFromDevice(
            context,
            series,
            device,
            rounds / SwapEvery,
            round => kernel.SwapOutAsync(machines[round % Machines]).GetAwaiter().GetResult(),
            round => Wake(kernel, observer, machines[round % Machines]) * usPerTick);
    }

    // After the rounds above: writing through, and reading again what is not at hand, would lengthen them.
    private static void MeasureFromDevice(
        BenchmarkContext context,
        List<ChartSeries> series,
        SwapFileOnDevice device,
        int rounds,
        Func<int, bool> swapOut,
        Func<int, double> wake)
    {
        var times = new List<double>();
        long bytes = 0;
        int fromDevice = 0;
        for (int round = 0; round < rounds; round++)
        {
            if (swapOut(round))
            {
                long before = device.Drop();
                times.Add(wake(round));
                long read = SwapFileOnDevice.ReadBytes - before;
                bytes += read;
                fromDevice += read > 0 ? 1 : 0;
            }
        }

        // A single one may be of something else that the process read.
        if (fromDevice < times.Count / 2)
        {
            context.AddAbsent(
                ColdName, "us", $"the files of '{Path.GetTempPath()}' are on no device: set TMPDIR to a folder on one");
            return;
        }

        Add(context, series, ColdName, times, null);
        context.Add("swapped, from the device: bytes read from it per wake", [(double)bytes / times.Count], "bytes");
    }

    private static double Wake(IsolationKernel kernel, GuestObserver observer, ulong machine)
    {
        ulong begin = new TimestampCounter().Read();
        kernel.SendConsoleInput(machine, new byte[1]);
        return observer.WaitReady(1)[0].Ticks - begin;
    }

    private static void MeasurePage(BenchmarkContext context, int rounds, List<ChartSeries> series)
    {
        BenchmarkContext.Progress("pages");
        using var fleet = new WebFleet(Slots);
        ulong[] machines = fleet.Create(Machines);
        _ = fleet.VisitAll(machines, 1);
        var bound = new List<double>();
        var parked = new List<double>();

        // Each is visited twice: it has given up its slot when the first visitor comes, and has it for the second.
        int visits = 0;
        int most = rounds / 2 * 2;
        _ = new ClosedLoop(fleet.Host, fleet.PagesOf(machines)).Run(
            () => visits < most ? visits++ / 2 % Machines : ClosedLoop.NoPage,
            1,
            visitor => (parked.Count == bound.Count ? parked : bound).Add(
                TimeProvider.System.GetElapsedTime(visitor.IntendedTicks, visitor.FirstByteTicks).TotalMicroseconds));
        Add(context, series, "bound: first packet to first byte of a page", bound, null);
        Add(context, series, "parked: first packet to first byte of a page", parked, null);
    }

    private static void Add(
        BenchmarkContext context, List<ChartSeries> series, string name, List<double> values, double? aimUs)
    {
        series.Add(new ChartSeries(
            name,
            [.. s_oneIn.Select(one => (one, Statistics.Percentile(values, 100 - (100 / one))))],
            series.Count));
        context.Add($"{name}, p50", [Statistics.Percentile(values, 50)], "us");
        context.Add(
            $"{name}, p99",
            [Statistics.Percentile(values, 99)],
            "us",
            aim: aimUs is null ? null : FormattableString.Invariant($"at most {aimUs} us"),
            isMet: aimUs is null ? null : (value, _) => value <= aimUs);
        context.Add($"{name}, p99.9", [Statistics.Percentile(values, 99.9)], "us");
    }
}
