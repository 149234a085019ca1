// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Denali.Bench.Peers;

/// <summary>
/// A service of its own for somebody: how long until it does what it is for, how many can be started per second, and
/// what memory each takes, of ours and of what else there is for that.
/// </summary>
internal static class PeersBenchmark
{
    private const int Slots = 64;

    internal static void Run(BenchmarkContext context)
    {
        BenchmarkContext.Progress("web VMs");
        PeerFigures ours = MeasureOurs(context.IsQuick ? 1_000 : 10_000);
        AddRow(context, "start to ready, median", ours.StartMs, "ms", null, null);
        AddRow(context, "instances per second", ours.PerSecond, "1/s", null, null);
        AddRow(context, "memory of the machine per instance", ours.Bytes, "bytes", null, null);
        Func<IPeerKind>[] kinds =
        [
            () => new NginxPeer(), () => new QemuPeer(), () => new Solo5Peer("solo5-hvt"),
            () => new Solo5Peer("solo5-spt"), () => new WasmtimePeer(),
        ];
        foreach (Func<IPeerKind> make in kinds)
        {
            using IPeerKind kind = make();
            BenchmarkContext.Progress(kind.Name);
            if (kind.Missing is { } missing)
            {
                context.AddAbsent(kind.Name, "ms", missing);
                continue;
            }

            try
            {
                PeerFigures theirs = Measure(kind, context.IsQuick ? kind.InstanceCount / 10 : kind.InstanceCount);
                AddRow(context, "start to ready, median", ours.StartMs, "ms", kind.Name, theirs.StartMs);
                AddRow(context, "instances per second", ours.PerSecond, "1/s", kind.Name, theirs.PerSecond);
                AddRow(context, "memory of the machine per instance", ours.Bytes, "bytes", kind.Name, theirs.Bytes);
            }
            catch (IOException e)
            {
                context.AddAbsent(kind.Name, "ms", e.Message);
            }
        }
    }

    /// <summary>VMs of a template, one after the other: made, and asked for a page.</summary>
    private static PeerFigures MeasureOurs(int count)
    {
        TimeProvider time = TimeProvider.System;
        using var fleet = new WebFleet(Slots);
        _ = fleet.VisitAll(fleet.Create(Slots * 2), 1);
        HostMemory before = HostMemory.Measure();
        var starts = new List<double>();
        long begin = time.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            long started = time.GetTimestamp();
            _ = fleet.VisitAll(fleet.Create(1), 1);
            starts.Add(time.GetElapsedTime(started).TotalMilliseconds);
        }

        double seconds = time.GetElapsedTime(begin).TotalSeconds;
        long bytes = HostMemory.Measure().Since(before).Used;
        return new PeerFigures(Statistics.Median(starts), count / seconds, (double)bytes / count);
    }

    private static PeerFigures Measure(IPeerKind kind, int count)
    {
        TimeProvider time = TimeProvider.System;
        var instances = new List<IDisposable>();
        try
        {
            // The first one is not counted: with it the program itself comes into memory.
            instances.Add(kind.Start(0));
            HostMemory before = HostMemory.Measure();
            var starts = new List<double>();
            long begin = time.GetTimestamp();
            for (int i = 1; i <= count; i++)
            {
                long started = time.GetTimestamp();
                instances.Add(kind.Start(i));
                starts.Add(time.GetElapsedTime(started).TotalMilliseconds);
            }

            double seconds = time.GetElapsedTime(begin).TotalSeconds;
            long bytes = HostMemory.Measure().Since(before).Used;
            return new PeerFigures(Statistics.Median(starts), count / seconds, (double)bytes / count);
        }
        finally
        {
            instances.ForEach(instance => instance.Dispose());
        }
    }

    private static void AddRow(
        BenchmarkContext context, string name, double value, string unit, string? peer, double? peerValue) =>
        context.Add(name, [value], unit, peer, peerValue is { } theirs ? [theirs] : null);

    /// <param name="StartMs">Milliseconds until an instance does what it is for.</param>
    /// <param name="PerSecond">Instances per second, one after the other.</param>
    /// <param name="Bytes">Memory of the machine for each.</param>
    private sealed record PeerFigures(double StartMs, double PerSecond, double Bytes);
}
