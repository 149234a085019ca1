// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Denali.Bench.Charts;

namespace Denali.Bench.Zipf;

/// <summary>
/// The same pages, some asked for often and most of them rarely, from one nginx, from one VM, and from a VM for each
/// page: how many visits there can be, and how long a visitor of a rare page waits while popular ones are busy.
/// </summary>
internal static class ZipfBenchmark
{
    private const int Slots = 256;
    private const double Told = 1.0;
    private const double ParkedAimUs = 1_000;
    private const string Nginx = "nginx holds all";
    private const string OneMachine = "one VM holds all";
    private const string Fleet = "a VM for each page";

    private static readonly int[] s_sizes = [100, 1_000, 10_000, 100_000, 1_000_000];
    private static readonly double[] s_alphas = [0.8, Told, 1.2];
    private static readonly double[] s_percents = [50, 99, 99.9];

    internal static void Run(BenchmarkContext context)
    {
        int most = context.Machines ?? (context.IsQuick ? 1_000 : 10_000);
        double[] alphas = context.IsQuick ? [Told] : s_alphas;
        var results = new Dictionary<(int Count, double Alpha, string Server), ZipfResult>();
        int[] sizes = [.. s_sizes.Where(size => size <= most && (!context.IsQuick || size == most))];
        foreach (int size in sizes)
        {
            var load = new ZipfLoad(size, context.IsQuick);
            using (var files = new PageFiles(size))
            {
                MeasureNginx(context, files, load, size, alphas, results);
                Measure(OneMachine, () => new OneMachinePages(files), load, size, alphas, results);
            }

            Measure(Fleet, () => new FleetPages(size, Slots), load, size, alphas, results);
            foreach (double alpha in alphas)
            {
                AddRows(context, size, alpha, results);
            }
        }

        AddCharts(context, sizes, alphas, results);
    }

    private static void MeasureNginx(
        BenchmarkContext context,
        PageFiles files,
        ZipfLoad load,
        int size,
        double[] alphas,
        Dictionary<(int Count, double Alpha, string Server), ZipfResult> results)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            context.AddAbsent(Nginx, "1/s", "needs root, for a network namespace and a TAP interface");
            return;
        }

        try
        {
            Measure(Nginx, () => new NginxPages(files), load, size, alphas, results);
        }
        catch (IOException e) when (e.Message.StartsWith("there is no nginx", StringComparison.Ordinal))
        {
            context.AddAbsent(Nginx, "1/s", "not installed: apt-get install nginx-light");
        }
    }

    private static void Measure(
        string name,
        Func<IPageServer> start,
        ZipfLoad load,
        int size,
        double[] alphas,
        Dictionary<(int Count, double Alpha, string Server), ZipfResult> results)
    {
        BenchmarkContext.Progress(string.Create(CultureInfo.InvariantCulture, $"{size:N0} pages: {name}"));
        using IPageServer server = start();
        foreach (double alpha in alphas)
        {
            results[(size, alpha, name)] = load.Put(server, alpha);
        }
    }

    private static void AddRows(
        BenchmarkContext context,
        int size,
        double alpha,
        Dictionary<(int Count, double Alpha, string Server), ZipfResult> results)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{size:N0} pages, alpha {alpha:F1}: ");
        ZipfResult? nginx = results.GetValueOrDefault((size, alpha, Nginx));
        string? peer = nginx is null ? null : Nginx;
        foreach (string server in (string[])[OneMachine, Fleet])
        {
            double[]? peerRate = nginx is null ? null : [nginx.PerSecond];
            context.Add(name + server, [results[(size, alpha, server)].PerSecond], "1/s", peer, peerRate);
        }

        ZipfResult fleet = results[(size, alpha, Fleet)];
        foreach ((string ranks, int last, LatencyHistogram times) in fleet.Times.Decades.Where(d => d.Times.Count > 0))
        {
            LatencyHistogram? others = nginx?.Times.Decades.Single(decade => decade.Last == last).Times;
            bool isCompared = others is { Count: > 0 };
            foreach (double percent in s_percents)
            {
                context.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{name}{Fleet}, ranks {ranks}, p{percent}"),
                    [times.PercentileUs(percent)],
                    "us",
                    isCompared ? peer : null,
                    isCompared ? [others!.PercentileUs(percent)] : null);
            }
        }

        if (size > Slots)
        {
            double[] p99 =
                [.. fleet.Times.Decades.Where(d => d.Times.Count > 0).Select(d => d.Times.PercentileUs(99))];
            context.Add(
                $"{name}{Fleet}, p99 of the rarest beyond that of the most popular",
                [p99[^1] - p99[0]],
                "us",
                aim: "at most 1,000 us, parked",
                isMet: (value, _) => value <= ParkedAimUs);
        }
    }

    private static void AddCharts(
        BenchmarkContext context,
        int[] sizes,
        double[] alphas,
        Dictionary<(int Count, double Alpha, string Server), ZipfResult> results)
    {
        string[] servers = [.. results.Keys.Select(key => key.Server).Distinct()];
        foreach (double alpha in alphas)
        {
            string title = string.Create(CultureInfo.InvariantCulture, $"alpha {alpha:F1}: visits per second");
            context.AddChart(new LineChart(title, "pages", "visits/s", [.. servers.Select((server, i) => new ChartSeries(
                server,
                [.. sizes.Select(size => ((double)size, results[(size, alpha, server)].PerSecond))],
                i))]));
        }

        foreach (int size in sizes)
        {
            string title = string.Create(
                CultureInfo.InvariantCulture, $"{size:N0} pages, alpha {Told:F1}: time of a visit at 70 % load");
            context.AddChart(new LineChart(
                title,
                "last popularity rank of each decade (1-10, 11-100, ...)",
                "us",
                [
                    .. servers.SelectMany((server, i) => s_percents.Select(
                        (percent, j) => SeriesOf(results[(size, Told, server)], server, percent) with
                        {
                            Colour = i,
                            Dash = j,
                        })),
                ]));
        }
    }

    private static ChartSeries SeriesOf(ZipfResult result, string server, double percent) => new(
        string.Create(CultureInfo.InvariantCulture, $"{server}, p{percent}"),
        [
            .. result.Times.Decades.Select(decade => ((double)decade.Last, decade.Times.PercentileUs(percent))),
        ],
        0);
}
