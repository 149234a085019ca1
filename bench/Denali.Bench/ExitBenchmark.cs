// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kvm;

namespace Denali.Bench;

/// <summary>One exit and re-entry, through the whole kernel and in a bare loop around KVM_RUN.</summary>
internal static class ExitBenchmark
{
    private const double AimRatio = 1.10;

    internal static void Run(BenchmarkContext context)
    {
        int pairs = context.IsQuick ? 7 : 31;
        int exits = context.IsQuick ? 5_000 : 20_000;
        using var engine = new KvmEngine();
        using var kernel = new IsolationKernel(engine, new KernelOptions { WorkerCount = 1 });
        DenaliImage image = BenchGuest.Parse();
        using LoadedImage loaded = kernel.Load(image);
        using var raw = new RawMachines(engine, 1, 0);
        var ours = new List<double>();
        var bare = new List<double>();
        var allocated = new List<double>();
        for (int pair = -1; pair < pairs; pair++)
        {
            double bareNs = raw.Measure(exits);
            (double ns, double bytes) = MeasureKernel(kernel, loaded, exits, 1e6 / engine.TscKhz);
            if (pair >= 0)
            {
                ours.Add(ns / 1e3);
                bare.Add(bareNs / 1e3);
                allocated.Add(bytes);
            }
        }

        context.Add(
            "exit and re-entry", ours, "us", "raw KVM_RUN loop", bare, "at most 1.10 times the raw loop",
            (_, ratio) => ratio <= AimRatio);
        context.Add(
            "allocated per exit", allocated, "bytes", aim: "0", isMet: (value, _) => value == 0);
    }

    private static (double Ns, double Bytes) MeasureKernel(
        IsolationKernel kernel, LoadedImage image, int exits, double nsPerTick)
    {
        var observer = new GuestObserver();
        kernel.Create(new MachineOptions
        {
            Image = image,
            Observer = observer,
            Arguments = ["bench", "exit", exits.ToString(CultureInfo.InvariantCulture)],
        });
        List<GuestObserver.Moment> ready = observer.WaitReady(2);
        observer.WaitEnded(1);
        double bytes = ready[1].AllocatedBytes - ready[0].AllocatedBytes;
        return ((ready[1].Ticks - ready[0].Ticks) * nsPerTick / exits, bytes / exits);
    }
}
