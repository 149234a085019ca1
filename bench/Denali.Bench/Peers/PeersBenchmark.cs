// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Denali.Bench.Peers;

/// <summary>
/// A service of its own for somebody: how long until it does what it is for, how many can be started per second, and
/// what memory each takes, of ours and of what else there is for that.
/// </summary>
internal static class PeersBenchmark
{
    // Ours and those of Wasmtime lie in this process. The slots, which all VMs share, are there before.
    private const string OwnMemory = "memory per instance: growth of the Pss of the one process";
    private const string Memory = "memory per instance: growth of our process's Pss; Pss of the peer's processes";

    private const int Slots = 64;

    internal static void Run(BenchmarkContext context)
    {
        BenchmarkContext.Progress("web VMs");
        PeerFigures ours = MeasureOurs(context.IsQuick ? 1_000 : 10_000);
        AddRow(context, "start to ready, median", ours.StartMs, "ms", null, null);
        AddRow(context, "instances per second", ours.PerSecond, "1/s", null, null);
        AddRow(context, OwnMemory, ours.Bytes, "bytes", null, null);
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
                LeaveOut(context, kind, missing);
                continue;
            }

            try
            {
                PeerFigures theirs = Measure(kind, context.IsQuick ? kind.InstanceCount / 10 : kind.InstanceCount);
                AddRow(context, "start to ready, median", ours.StartMs, "ms", kind.Name, theirs.StartMs);
                AddRow(context, "instances per second", ours.PerSecond, "1/s", kind.Name, theirs.PerSecond);
                string memory = theirs.IsInThisProcess ? OwnMemory : Memory;
                AddRow(context, memory, ours.Bytes, "bytes", kind.Name, theirs.Bytes);
            }
            catch (IOException e)
            {
                LeaveOut(context, kind, e.Message);
            }
        }
    }

    // Said at once, and again in the table: nobody takes a shorter table for the whole one.
    private static void LeaveOut(BenchmarkContext context, IPeerKind kind, string why)
    {
        BenchmarkContext.Progress($"{kind.Name} is left out: {why}");
        context.AddAbsent($"{kind.Name} is left out", "ms", why);
    }

    /// <summary>VMs of a template, one after the other: made, and asked for a page.</summary>
    private static PeerFigures MeasureOurs(int count)
    {
        TimeProvider time = TimeProvider.System;
        using var fleet = new WebFleet(Slots);
        _ = fleet.VisitAll(fleet.Create(Slots * 2), 1);
        long before = MeasureOwn();
        var starts = new List<double>(count);
        long begin = time.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            long started = time.GetTimestamp();
            _ = fleet.VisitAll(fleet.Create(1), 1);
            starts.Add(time.GetElapsedTime(started).TotalMilliseconds);
        }

        double seconds = time.GetElapsedTime(begin).TotalSeconds;
        long bytes = MeasureOwn() - before;
        return new PeerFigures(Statistics.Median(starts), count / seconds, (double)bytes / count, true);
    }

    private static PeerFigures Measure(IPeerKind kind, int count)
    {
        TimeProvider time = TimeProvider.System;
        var instances = new List<IPeerInstance>(count + 1);
        try
        {
            // The first one is not counted: with it the program itself comes into memory.
            instances.Add(kind.Start(0));
            long before = MeasureOwn();
            var starts = new List<double>(count);
            long begin = time.GetTimestamp();
            for (int i = 1; i <= count; i++)
            {
                long started = time.GetTimestamp();
                instances.Add(kind.Start(i));
                starts.Add(time.GetElapsedTime(started).TotalMilliseconds);
            }

            double seconds = time.GetElapsedTime(begin).TotalSeconds;
            int[] processes = [.. instances.Select(instance => instance.ProcessId).OfType<int>()];
            double bytes = processes.Length > 0
                ? (double)ProcessMemory.MeasureTrees(processes) / processes.Length
                : (double)(MeasureOwn() - before) / count;
            return new PeerFigures(Statistics.Median(starts), count / seconds, bytes, processes.Length == 0);
        }
        finally
        {
            instances.ForEach(instance => instance.Dispose());
        }
    }

    /// <summary>This process's memory, without what the next collection of garbage would free.</summary>
    private static long MeasureOwn()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return ProcessMemory.Measure(Environment.ProcessId);
    }

    private static void AddRow(
        BenchmarkContext context, string name, double value, string unit, string? peer, double? peerValue) =>
        context.Add(name, [value], unit, peer, peerValue is { } theirs ? [theirs] : null);

    /// <param name="StartMs">Milliseconds until an instance does what it is for.</param>
    /// <param name="PerSecond">Instances per second, one after the other.</param>
    /// <param name="Bytes">Memory of each.</param>
    /// <param name="IsInThisProcess">Whether they lie in this process, and have none of their own.</param>
    private sealed record PeerFigures(double StartMs, double PerSecond, double Bytes, bool IsInThisProcess);
}
