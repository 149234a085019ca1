// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using Denali.Bench.Charts;

namespace Denali.Bench.Zipf;

/// <summary>Draws what the zipf benchmark measured.</summary>
internal static class ZipfCharts
{
    /// <summary>The percentiles that are told and drawn.</summary>
    internal static double[] Percents { get; } = [50, 99, 99.9];

    /// <summary>Adds the charts.</summary>
    internal static void Add(BenchmarkContext context, int[] sizes, double[] alphas, ZipfResults results)
    {
        // One number of pages makes no line.
        foreach (double alpha in sizes.Length > 1 ? alphas : [])
        {
            var lines = new List<ChartSeries>();
            for (int i = 0; i < results.Servers.Count; i++)
            {
                lines.Add(RatesOf(results, sizes, alpha, results.Servers[i]) with { Colour = i });
            }

            string title = string.Create(CultureInfo.InvariantCulture, $"alpha {alpha:F1}: visits per second");
            context.AddChart(new LineChart(title, "pages", "visits/s", lines));
        }

        foreach (int size in sizes)
        {
            foreach (double alpha in alphas)
            {
                string title = string.Create(
                    CultureInfo.InvariantCulture, $"{size:N0} pages, alpha {alpha:F1}: time of a visit at 70 % load");
                context.AddChart(new LineChart(
                    title,
                    "last popularity rank of each decade (1-10, 11-100, ...)",
                    "us",
                    TimesOf(results, size, alpha)));
            }
        }
    }

    private static ChartSeries RatesOf(ZipfResults results, int[] sizes, double alpha, string server)
    {
        var points = new List<(double, double)>();
        foreach (int size in sizes)
        {
            if (results.Find(size, alpha, server) is { } result)
            {
                points.Add((size, result.PerSecond));
            }
        }

        return new ChartSeries(server, points, 0);
    }

    private static List<ChartSeries> TimesOf(ZipfResults results, int size, double alpha)
    {
        var lines = new List<ChartSeries>();
        for (int i = 0; i < results.Servers.Count; i++)
        {
            ZipfResult? result = results.Find(size, alpha, results.Servers[i]);
            for (int j = 0; j < Percents.Length && result is not null; j++)
            {
                var points = new List<(double, double)>();
                foreach ((_, int last, LatencyHistogram times) in result.Times.Decades)
                {
                    points.Add((last, times.PercentileUs(Percents[j])));
                }

                string name = string.Create(
                    CultureInfo.InvariantCulture, $"{results.Servers[i]}, p{Percents[j]}");
                lines.Add(new ChartSeries(name, points, i, j));
            }
        }

        return lines;
    }
}
