// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Denali.Bench.Zipf;

/// <summary>
/// The same pages, some asked for often and most of them rarely, from one nginx, from one VM, and from a VM for each
/// page: how many visits there can be, and how long a visitor of a rare page waits while popular ones are busy.
/// </summary>
internal static class ZipfBenchmark
{
    private const int UsualSlots = 256;
    private const double ParkedAimUs = 1_000;
    private const double SwappedAimUs = 5_000;
    private const string Nginx = "nginx holds all";
    private const string OneMachine = "one VM holds all";
    private const string Fleet = "a VM for each page";
    private const string Swapped = "a VM for each page, 90 % swapped";

    private static readonly int[] s_sizes = [100, 1_000, 10_000, 100_000, 1_000_000];
    private static readonly double[] s_alphas = [0.8, 1.0, 1.2];

    internal static void Run(BenchmarkContext context)
    {
        int most = context.Machines ?? (context.IsQuick ? 1_000 : 10_000);
        int slots = context.Slots ?? UsualSlots;
        var results = new ZipfResults();
        int[] sizes = [.. s_sizes.Where(size => size <= most && (!context.IsQuick || size == most))];
        foreach (int size in sizes)
        {
            var load = new ZipfLoad(size, context.IsQuick);
            using (var files = new PageFiles(size))
            {
                MeasureNginx(context, files, load, results);
                Measure(OneMachine, () => new OneMachinePages(files), load, results);
            }

            MeasureFleet(load, slots, results);
            foreach (double alpha in s_alphas)
            {
                AddRows(context, size, alpha, slots, results);
            }
        }

        ZipfCharts.Add(context, sizes, s_alphas, results);
    }

    private static void MeasureNginx(
        BenchmarkContext context,
        PageFiles files,
        ZipfLoad load,
        ZipfResults results)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            context.AddAbsent(Nginx, "1/s", "needs root, for a network namespace and a TAP interface");
            return;
        }

        try
        {
            Measure(Nginx, () => new NginxPages(files), load, results);
        }
        catch (IOException e) when (e.Message.StartsWith("there is no nginx", StringComparison.Ordinal))
        {
            context.AddAbsent(Nginx, "1/s", "not installed: apt-get install nginx-light");
        }
    }

    private static void MeasureFleet(ZipfLoad load, int slots, ZipfResults results)
    {
        Tell(Fleet, load);
        using var fleet = new FleetPages(load.Count, slots);
        PutAll(Fleet, fleet, load, results);
        if (load.Count > slots)
        {
            Tell(Swapped, load);
            fleet.Swap(load.Popularity);
            PutAll(Swapped, fleet, load, results);
        }
    }

    private static void Measure(string name, Func<IPageServer> start, ZipfLoad load, ZipfResults results)
    {
        Tell(name, load);
        using IPageServer server = start();
        PutAll(name, server, load, results);
    }

    private static void Tell(string name, ZipfLoad load) =>
        BenchmarkContext.Progress(string.Create(CultureInfo.InvariantCulture, $"{load.Count:N0} pages: {name}"));

    private static void PutAll(string name, IPageServer server, ZipfLoad load, ZipfResults results)
    {
        foreach (double alpha in s_alphas)
        {
            results.Add(load.Count, alpha, name, load.Put(server, alpha));
        }
    }

    private static void AddRows(BenchmarkContext context, int size, double alpha, int slots, ZipfResults results)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{size:N0} pages, alpha {alpha:F1}: ");
        ZipfResult? nginx = results.Find(size, alpha, Nginx);
        string? peer = nginx is null ? null : Nginx;
        foreach (string server in (string[])[OneMachine, Fleet, Swapped])
        {
            if (results.Find(size, alpha, server) is { } result)
            {
                double[]? peerRate = nginx is null ? null : [nginx.PerSecond];
                context.Add(name + server, [result.PerSecond], "1/s", peer, peerRate);
            }
        }

        foreach ((string server, double aimUs) in ((string, double)[])[(Fleet, ParkedAimUs), (Swapped, SwappedAimUs)])
        {
            if (results.Find(size, alpha, server) is { } result)
            {
                AddTimes(context, name + server, result, nginx);
                if (size > slots)
                {
                    AddBeyond(context, name + server, result, aimUs);
                }
            }
        }
    }

    private static void AddTimes(BenchmarkContext context, string name, ZipfResult fleet, ZipfResult? nginx)
    {
        foreach ((string ranks, int last, LatencyHistogram times) in fleet.Times.Decades.Where(d => d.Times.Count > 0))
        {
            LatencyHistogram? others = nginx?.Times.Decades.Single(decade => decade.Last == last).Times;
            bool isCompared = others is { Count: > 0 };
            foreach (double percent in ZipfCharts.Percents)
            {
                context.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{name}, ranks {ranks}, p{percent}"),
                    [times.PercentileUs(percent)],
                    "us",
                    isCompared ? Nginx : null,
                    isCompared ? [others!.PercentileUs(percent)] : null);
            }
        }
    }

    /// <summary>How much longer the rarest pages take than the most popular ones, if not all VMs hold slots.</summary>
    private static void AddBeyond(BenchmarkContext context, string name, ZipfResult result, double aimUs)
    {
        double[] p99 = [.. result.Times.Decades.Where(d => d.Times.Count > 0).Select(d => d.Times.PercentileUs(99))];
        context.Add(
            $"{name}, p99 of the rarest beyond that of the most popular",
            [p99[^1] - p99[0]],
            "us",
            aim: FormattableString.Invariant($"at most {aimUs:N0} us"),
            isMet: (value, _) => value <= aimUs);
    }
}
