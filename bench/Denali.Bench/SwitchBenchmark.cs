// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kvm;

namespace Denali.Bench;

/// <summary>
/// World switch through idle: many VMs on one worker, each of which touches its buffer and idles until a moment that
/// comes long before its next turn.
/// </summary>
internal static class SwitchBenchmark
{
    private const int Small = 8;
    private const int Large = 64;

    internal static void Run(BenchmarkContext context)
    {
        using var engine = new KvmEngine();
        using var kernel = new IsolationKernel(engine, new KernelOptions { WorkerCount = 1 });
        using LoadedImage image = kernel.Load(BenchGuest.Parse());
        Measure(context, engine, kernel, image, "best case: 8 VMs, nothing touched", Small, 0, 2_000);

        // 64 buffers of 1 MiB are more than any level of cache holds, and each is more than a VM's share of it.
        Measure(context, engine, kernel, image, "worst case: 64 VMs, 1 MiB each touched", Large, 1 << 20, 40);
    }

    private static void Measure(
        BenchmarkContext context,
        KvmEngine engine,
        IsolationKernel kernel,
        LoadedImage image,
        string name,
        int machines,
        int bufferBytes,
        int rounds)
    {
        int pairs = context.IsQuick ? 3 : 21;
        var ours = new List<double>();
        var bare = new List<double>();
        using var raw = new RawMachines(engine, machines, bufferBytes);
        for (int pair = -1; pair < pairs; pair++)
        {
            double bareUs = raw.Measure(rounds) / 1e3;
            double us = MeasureKernel(kernel, image, machines, bufferBytes, rounds, 1e3 / engine.TscKhz);
            if (pair >= 0)
            {
                ours.Add(us);
                bare.Add(bareUs);
            }
        }

        context.Add(name, ours, "us", "raw KVM_RUN over as many VMs", bare);
    }

    private static double MeasureKernel(
        IsolationKernel kernel, LoadedImage image, int machines, int bufferBytes, int rounds, double usPerTick)
    {
        var observer = new GuestObserver();
        string[] arguments =
        [
            "bench", "switch", rounds.ToString(CultureInfo.InvariantCulture),
            bufferBytes.ToString(CultureInfo.InvariantCulture),
        ];
        ulong[] ids =
        [
            .. Enumerable.Range(0, machines).Select(_ => kernel.Create(
                new MachineOptions { Image = image, Observer = observer, Arguments = arguments })),
        ];
        observer.WaitReady(machines);
        byte[] go = Encoding.ASCII.GetBytes("go\n");
        Array.ForEach(ids, id => kernel.SendConsoleInput(id, go));

        // Each reports when it starts and when it is done; switching is all that happens from the last start to the
        // first end.
        List<GuestObserver.Moment> moments = observer.WaitReady(2 * machines);
        observer.WaitEnded(machines);
        ulong first = moments.Min(moment => moment.Ticks);
        ulong last = moments.Max(moment => moment.Ticks);
        return (last - first) * usPerTick / ((double)machines * rounds);
    }
}
