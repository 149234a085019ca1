// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Kvm;

namespace Denali.Bench;

/// <summary>
/// What services achieve that have a timer pending while they wait for requests: with the idle instruction that takes a
/// deadline, and with idle loops that look at the clock until it has passed (Denali, OSDI 2002, section 5).
/// </summary>
internal static class IdleBenchmark
{
    private const double AimRatio = 2;
    private const int Unanswered = 8;

    // How many VMs there are, and how many of them are asked; the others only wait for their timers.
    private static readonly (int Machines, int Asked)[] s_counts = [(2, 2), (10, 10), (100, 100), (50, 10), (100, 10)];

    // Long enough for every VM to have its turn and touch what it needs, also if it is one of a hundred that spin.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(0.6);

    internal static void Run(BenchmarkContext context)
    {
        using var engine = new KvmEngine();
        Compare(context, engine, "spin", "guests that spin", isAimed: true);

        // Without an aim: where all are asked without pause there is nobody who waits.
        Compare(context, engine, "yield", "guests that spin and yield", isAimed: false);
    }

    private static void Compare(BenchmarkContext context, KvmEngine engine, string waiting, string peer, bool isAimed)
    {
        int pairs = context.IsQuick ? 1 : 7;
        TimeSpan duration = TimeSpan.FromMilliseconds(context.IsQuick ? 300 : 1_000);
        int most = Math.Max(context.Machines ?? int.MaxValue, s_counts[0].Machines);
        foreach ((int machines, int asked) in s_counts.Where(count => count.Machines <= most))
        {
            BenchmarkContext.Progress($"{machines} VMs, {asked} of them asked, beside {peer}");
            var ours = new List<double>();
            var theirs = new List<double>();
            for (int pair = 0; pair < pairs; pair++)
            {
                theirs.Add(Measure(engine, machines, asked, waiting, duration));
                ours.Add(Measure(engine, machines, asked, "sleep", duration));
            }

            string name = $"{machines} VMs, {asked} asked, idle with a deadline";
            if (isAimed)
            {
                context.Add(
                    name, ours, "1/s", peer, theirs, "at least 2.0 times as many", (_, ratio) => ratio >= AimRatio);
            }
            else
            {
                context.Add(name, ours, "1/s", peer, theirs);
            }
        }
    }

    // Those that spin take the processor also while nobody asks them, so they are there only while they are measured.
    private static double Measure(KvmEngine engine, int machines, int asked, string waiting, TimeSpan duration)
    {
        using var fleet = new ServiceFleet(engine, machines, waiting: waiting);
        return fleet.Load.Measure(asked, Unanswered, s_warmUp, duration);
    }
}
