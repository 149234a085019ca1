// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Denali.Control;
using Denali.Control.Api;

namespace Denali.Cli;

/// <summary>What <c>denali top</c> shows.</summary>
internal static class TopView
{
    /// <summary>Describes a kernel.</summary>
    /// <param name="before">How it was: rates, and how long wakes took, are of the time since.</param>
    /// <param name="now">How it is.</param>
    /// <returns>Lines.</returns>
    internal static string[] Lines(KernelSample before, KernelSample now)
    {
        double seconds = Math.Max(now.UptimeSeconds - before.UptimeSeconds, 0.001);
        double cores = (now.ProcessorSeconds - before.ProcessorSeconds) / seconds;
        ResidenceCounts machines = now.Machines;
        List<string> lines =
        [
            Text($"up {TimeSpan.FromSeconds((long)now.UptimeSeconds):c}, process {now.Process}, ")
                + Text($"{ByteCount.Format((ulong)now.ResidentBytes)} in RAM, {cores:0.00} cores"),
            Text($"sites     {now.Sites.Ready} ready, {now.Sites.Starting} starting, {now.Sites.Failed} failed"),
            Text($"VMs       {machines.Bound} bound, {machines.Parked} parked, {machines.Swapped} swapped"),
            $"memory    {ByteCount.Format(now.BoundBytes)} bound, "
                + $"{ByteCount.Format(now.ParkedBytes)} parked{Of(now.ParkedLimitBytes)}, "
                + $"{ByteCount.Format(now.SwapUsedBytes)} swapped{Of(now.SwapLimitBytes)}",
            Text($"slots     {now.Slots} of {now.SlotLimit}"),
            Text($"wakes     {Rate(now.Wakes, before.Wakes, seconds)}, parks {Rate(now.Parks, before.Parks, seconds)}"),
            Latency("bound", before.BoundWakes, now.BoundWakes),
            Latency("parked", before.ParkedWakes, now.ParkedWakes),
            Latency("swapped", before.SwappedWakes, now.SwappedWakes),
            Text($"requests  {Rate(now.Requests.Count, before.Requests.Count, seconds)}, ") + Percentiles(now.Requests),
        ];
        return [.. lines, .. now.Alarms.Select(alarm => "alarm     " + alarm)];
    }

    private static string Of(ulong limit) => limit == 0 ? "" : " of " + ByteCount.Format(limit);

    private static string Rate(ulong now, ulong before, double seconds) =>
        Text($"{(now - Math.Min(before, now)) / seconds:0} /s");

    private static string Latency(string of, LatencySample before, LatencySample now)
    {
        LatencySample between = now.Since(before);
        string late = between.Count == 0 ? "" : Text($"{between.Count} of late, ");
        return Text($"  {of,-8}{now.Count} in all, ") + late + Percentiles(between);
    }

    private static string Percentiles(LatencySample sample) => sample.P99Seconds == 0
        ? "none of late"
        : Text($"p50 {sample.P50Seconds * 1000:0.###} ms, p99 {sample.P99Seconds * 1000:0.###} ms");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
