// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Bench.Charts;

namespace Denali.Bench;

/// <summary>How many VMs per second are made of a template, and ended, without ever having run.</summary>
internal static class CreateBenchmark
{
    private const int Slots = 64;
    private const double AimPerSecond = 100_000;

    private static readonly int[] s_sizes = [10_000, 100_000, 1_000_000];

    internal static void Run(BenchmarkContext context)
    {
        int most = context.Machines ?? (context.IsQuick ? 10_000 : 1_000_000);
        var created = new List<(double, double)>();
        var destroyed = new List<(double, double)>();
        foreach (int size in s_sizes.Where(size => size <= most))
        {
            (double createdPerSecond, double destroyedPerSecond) = Measure(context, size);
            created.Add((size, createdPerSecond));
            destroyed.Add((size, destroyedPerSecond));
        }

        context.AddChart(new LineChart(
            "VMs of a template that have never run",
            "VMs",
            "VMs/s",
            [new ChartSeries("created", created, 0), new ChartSeries("destroyed", destroyed, 1)]));
    }

    private static (double Created, double Destroyed) Measure(BenchmarkContext context, int size)
    {
        TimeProvider time = TimeProvider.System;
        BenchmarkContext.Progress($"{size} VMs");
        using var fleet = new WebFleet(Slots);
        int before = fleet.EndedCount;
        long begin = time.GetTimestamp();
        ulong[] machines = fleet.Create(size);
        double createSeconds = time.GetElapsedTime(begin).TotalSeconds;
        begin = time.GetTimestamp();
        Array.ForEach(machines, fleet.Kernel.Kill);
        SpinWait.SpinUntil(() => fleet.EndedCount - before == size);
        double killSeconds = time.GetElapsedTime(begin).TotalSeconds;
        string name = FormattableString.Invariant($"{size:N0} VMs");
        context.Add(
            $"{name}: created", [size / createSeconds], "VMs/s", aim: "at least 100,000 /s",
            isMet: (value, _) => value >= AimPerSecond);
        context.Add(
            $"{name}: destroyed", [size / killSeconds], "VMs/s", aim: "at least 100,000 /s",
            isMet: (value, _) => value >= AimPerSecond);
        return (size / createSeconds, size / killSeconds);
    }
}
