// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;

namespace Denali.Bench;

/// <summary>
/// Where a frame's time goes: in the switch, at the TAP interface, in the guest's driver, stack and sockets. The stages
/// of an answered request are added up beside the same from end to end.
/// </summary>
internal static class PacketBenchmark
{
    // Half of what a quiet VM's receive ring holds: Ilwaco posts a larger one when more comes at once.
    private const int Batch = 15;

    // As many as pass in one turn of the switch, which is a matter of bytes.
    private const int LargeBatch = 3;

    private const int Small = 64;
    private const int Full = 1514;
    private const int Large = 65536;
    private const int HeaderBytes = 42;

    internal static void Run(BenchmarkContext context)
    {
        using var engine = new KvmEngine();
        using var kernel = new IsolationKernel(engine, new KernelOptions { WorkerCount = 1 });
        using LoadedImage image = kernel.Load(BenchGuest.ParseNetwork());
        using var port = new ReflectingPort(kernel.Switch);
        using TapBenchmark? tap = TapBenchmark.TryCreate();
        foreach (int bytes in (int[])[Small, Full, Large])
        {
            BenchmarkContext.Progress($"frames of {bytes} bytes");
            MeasureSwitch(context, kernel, image, port, bytes);
            tap?.Measure(context, bytes);
        }

        foreach (int bytes in (int[])[Small, Full])
        {
            BenchmarkContext.Progress($"datagrams in frames of {bytes} bytes");
            MeasureGuest(context, kernel, image, port, bytes);
        }
    }

    private static void MeasureSwitch(
        BenchmarkContext context, IsolationKernel kernel, LoadedImage image, ReflectingPort port, int bytes)
    {
        port.IsReflecting = false;
        context.Add($"{bytes} B: switch, VM to VM", Switch(context, kernel, image, "self", bytes), "us");
        context.Add($"{bytes} B: switch, VM to host", Switch(context, kernel, image, "host", bytes), "us");
    }

    /// <summary>What a frame costs in the kernel, in microseconds.</summary>
    private static List<double> Switch(
        BenchmarkContext context, IsolationKernel kernel, LoadedImage image, string to, int bytes)
    {
        int batch = bytes > Full ? LargeBatch : Batch;
        return Repeat(context, () =>
        {
            double[] ns = RunGuest(context, kernel, image, "frames", to, bytes, batch);
            return (ns[1] - ns[0]) / batch / 1e3;
        });
    }

    private static void MeasureGuest(
        BenchmarkContext context, IsolationKernel kernel, LoadedImage image, ReflectingPort port, int bytes)
    {
        port.IsReflecting = true;
        List<double> both = Switch(context, kernel, image, "back", bytes);
        double switchUs = Statistics.Median(both);
        double[][] runs =
        [
            .. Enumerable.Range(0, Runs(context)).Select(_ => Array.ConvertAll(
                RunGuest(context, kernel, image, "datagrams", "host", bytes - HeaderBytes, Batch), ns => ns / 1e3)),
        ];
        context.Add($"{bytes} B: switch, VM to host and back", both, "us");
        context.Add($"{bytes} B: guest, socket to ring", [.. runs.Select(us => us[1] / Batch)], "us");
        context.Add(
            $"{bytes} B: guest, ring to socket", [.. runs.Select(us => ((us[2] - us[0]) / Batch) - switchUs)], "us");
        context.Add($"{bytes} B: guest, reading the socket", [.. runs.Select(us => us[3] / Batch)], "us");
        context.Add($"{bytes} B: exit and re-entry, one for {Batch}", [.. runs.Select(us => us[0] / Batch)], "us");
        double[] sums = [.. runs.Select(us => (us[1] + us[2] + us[3]) / Batch)];
        (double whole, double exits) = Serve(context, kernel, image, port, bytes);
        context.Add(
            $"{bytes} B: all stages of an answer", [Statistics.Median(sums)], "us", "end to end", [whole]);
        context.Add($"{bytes} B: exits per answer", [exits], "exits");
    }

    /// <summary>Lets a service answer, so many requests at a time, each answer being the next request.</summary>
    /// <returns>Microseconds per answer, and exits per answer.</returns>
    private static (double Us, double Exits) Serve(
        BenchmarkContext context, IsolationKernel kernel, LoadedImage image, ReflectingPort port, int bytes)
    {
        port.Prepare(context.IsQuick ? 500 : 5_000);
        using var observer = new TextObserver();
        ulong id = Start(kernel, image, observer, "serve");
        observer.WaitReady();
        byte[] request = RequestFrame.Create(kernel.Switch, id, 0, bytes);
        for (int i = 0; i < Batch; i++)
        {
            _ = kernel.Switch.TryInject(new OutgoingFrame
            {
                Headers = request.AsSpan(0, HeaderBytes),
                Payload = request.AsSpan(HeaderBytes),
            });
        }

        double us = Statistics.Median(port.WaitMicroseconds());
        kernel.Kill(id);
        ulong exits = observer.WaitGone().ExitCount;
        return (us, (double)exits / port.Count);
    }

    private static int Runs(BenchmarkContext context) => context.IsQuick ? 3 : 9;

    private static List<double> Repeat(BenchmarkContext context, Func<double> measure) =>
        [.. Enumerable.Range(0, Runs(context)).Select(_ => measure())];

    private static double[] RunGuest(
        BenchmarkContext context,
        IsolationKernel kernel,
        LoadedImage image,
        string mode,
        string to,
        int bytes,
        int batch)
    {
        int rounds = context.IsQuick ? 500 : 4_000;
        using var observer = new TextObserver();
        Start(kernel, image, observer, mode, to, Text(bytes), Text(batch), Text(rounds));
        return Array.ConvertAll(
            observer.WaitEnded().Trim().Split(' '), text => double.Parse(text, CultureInfo.InvariantCulture));
    }

    private static ulong Start(
        IsolationKernel kernel, LoadedImage image, TextObserver observer, params string[] arguments) =>
        kernel.Create(new MachineOptions
        {
            Image = image,
            Observer = observer,
            Arguments = ["benchnet", .. arguments],
            Network = new NetworkOptions(),
        });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
