// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Denali.Bench.Charts;

namespace Denali.Bench;

/// <summary>What a benchmark is asked for, and where it puts its figures.</summary>
internal sealed class BenchmarkContext
{
    private readonly List<BenchmarkRow> _rows = [];
    private readonly List<LineChart> _charts = [];

    /// <summary>Whether to take fewer repetitions.</summary>
    internal required bool IsQuick { get; init; }

    /// <summary>Most VMs, if that was said.</summary>
    internal int? Machines { get; init; }

    /// <summary>Execution slots, if that was said.</summary>
    internal int? Slots { get; init; }

    internal IReadOnlyList<BenchmarkRow> Rows => _rows;

    /// <summary>What is drawn with <c>--svg</c>; if nothing, the rows' ratios.</summary>
    internal IReadOnlyList<LineChart> Charts => _charts;

    /// <summary>Adds a figure.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="values">The measurements, one per pair.</param>
    /// <param name="unit">Their unit.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="peerValues">The peer's measurements, pair by pair. A peer of which nothing could be measured is
    /// named in words.</param>
    /// <param name="aim">The aim in words.</param>
    /// <param name="isMet">Judges the median and the median ratio.</param>
    internal void Add(
        string name,
        IReadOnlyList<double> values,
        string unit,
        string? peer = null,
        IReadOnlyList<double>? peerValues = null,
        string? aim = null,
        Func<double, double, bool>? isMet = null)
    {
        double value = Statistics.Median(values);
        double? peerValue = null;
        double? ratio = null;
        if (peerValues is not null)
        {
            double[] ratios = new double[values.Count];
            for (int i = 0; i < ratios.Length; i++)
            {
                ratios[i] = values[i] / peerValues[i];
            }

            peerValue = Statistics.Median(peerValues);
            ratio = Statistics.Median(ratios);
            if (!double.IsFinite(ratio.Value))
            {
                name += $", of which {peer} has too little to measure";
                (peer, peerValue, ratio) = (null, null, null);
            }
        }

        _rows.Add(new BenchmarkRow(
            name, value, unit, peer, peerValue, ratio, aim, isMet?.Invoke(value, ratio ?? double.NaN)));
    }

    /// <summary>Adds a figure that could not be had here.</summary>
    /// <param name="name">What would have been measured.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="why">Why not, and what to do about it.</param>
    internal void AddAbsent(string name, string unit, string why) =>
        _rows.Add(new BenchmarkRow($"{name}: {why}", null, unit, null, null, null, null, null));

    /// <summary>Adds a chart.</summary>
    internal void AddChart(LineChart chart) => _charts.Add(chart);

    /// <summary>Says what is being done, on standard error, so that long runs are not silent.</summary>
    internal static void Progress(string text) => Console.Error.WriteLine($"bench: {text}");

    /// <summary>Reads a built guest's image.</summary>
    internal static byte[] ReadGuest(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "guests", name + ".denali");
            if (File.Exists(path))
            {
                return File.ReadAllBytes(path);
            }
        }

        throw new FileNotFoundException($"the guest {name} is not built: start the benchmark with ./denali bench");
    }
}
