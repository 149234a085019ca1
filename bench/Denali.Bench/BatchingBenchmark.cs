// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Kernel.Scheduling;
using Denali.Kvm;

namespace Denali.Bench;

/// <summary>
/// What many busy VMs achieve together when interrupts wait for a VM's turn, and when each is delivered at once
/// (Denali, OSDI 2002, section 5).
/// </summary>
internal static class BatchingBenchmark
{
    private const double AimRatio = 1.3;

    // From here on the aim holds: with a few VMs their turns come so quickly that little gathers.
    private const int AimMachines = 100;

    // As many as a service has that is busy, and fewer than a receive ring holds.
    private const int Unanswered = 8;

    private static readonly TimeSpan s_firstTouch = TimeSpan.FromSeconds(2);
    private static readonly int[] s_counts = [2, 10, 50, 100, 200, 400, 800];

    internal static void Run(BenchmarkContext context)
    {
        int pairs = context.IsQuick ? 3 : 9;
        TimeSpan warmUp = TimeSpan.FromMilliseconds(context.IsQuick ? 50 : 200);
        TimeSpan duration = TimeSpan.FromMilliseconds(context.IsQuick ? 150 : 1_000);
        using var engine = new KvmEngine();
        int[] counts = [.. s_counts.Where(count => count <= Math.Max(context.Machines ?? int.MaxValue, s_counts[0]))];
        int most = counts.Max();
        BenchmarkContext.Progress($"{2 * most} VMs are started");
        using var batched = new ServiceFleet(engine, most, InterruptDelivery.Batched);
        using var immediate = new ServiceFleet(engine, most, InterruptDelivery.Immediate);

        // Once with all of them, so that every VM has touched what it needs.
        _ = batched.Load.Measure(most, Unanswered, warmUp, s_firstTouch);
        _ = immediate.Load.Measure(most, Unanswered, warmUp, s_firstTouch);
        foreach (int count in counts)
        {
            BenchmarkContext.Progress($"{count} VMs");
            var ours = new List<double>();
            var theirs = new List<double>();
            for (int pair = 0; pair < pairs; pair++)
            {
                theirs.Add(immediate.Load.Measure(count, Unanswered, warmUp, duration));
                ours.Add(batched.Load.Measure(count, Unanswered, warmUp, duration));
            }

            string name = $"{count} VMs, batched interrupts";
            if (count < AimMachines)
            {
                context.Add(name, ours, "1/s", "immediate interrupts", theirs);
            }
            else
            {
                context.Add(
                    name, ours, "1/s", "immediate interrupts", theirs, "at least 1.3 times immediate",
                    (_, ratio) => ratio >= AimRatio);
            }
        }
    }
}
