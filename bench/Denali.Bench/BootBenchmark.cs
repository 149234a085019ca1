// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kvm;
using Denali.Linux;

namespace Denali.Bench;

/// <summary>From the call that creates a VM to the guest's first instruction, and to its Main.</summary>
internal static class BootBenchmark
{
    private const double AimMs = 1.0;

    internal static void Run(BenchmarkContext context)
    {
        int rounds = context.IsQuick ? 25 : 200;
        using var engine = new KvmEngine();
        var counter = new TimestampCounter();
        double msPerTick = 1.0 / engine.TscKhz;
        DenaliImage first = BenchGuest.ParseReadyAtOnce();
        DenaliImage main = BenchGuest.Parse();

        var cold = new List<double>();
        var bare = new List<double>();
        var atHand = new List<double>();
        var exits = new List<double>();
        var toMain = new List<double>();
        using var raw = new RawMachines(engine, 1, 0);
        using var warm = new IsolationKernel(engine, new KernelOptions { WorkerCount = 1 });
        using LoadedImage firstImage = warm.Load(first);
        using LoadedImage mainImage = warm.Load(main);
        warm.PrepareSlots(firstImage.Layout.MemoryBytes, 2);
        for (int round = -2; round < rounds; round++)
        {
            double bareMs = MeasureBareMachine(engine, counter) * msPerTick;
            double coldMs = MeasureCold(engine, first, counter) * msPerTick;
            double atHandMs = MeasureCreate(warm, firstImage, counter) * msPerTick;
            double mainMs = MeasureCreate(warm, mainImage, counter) * msPerTick;
            double exitMs = raw.Measure(20) / 1e6;
            if (round >= 0)
            {
                bare.Add(bareMs);
                cold.Add(coldMs);
                atHand.Add(atHandMs);
                toMain.Add(mainMs);
                exits.Add(exitMs);
            }
        }

        context.Add(
            "cold: image to first instruction", cold, "ms", "raw: new KVM VM, first KVM_RUN", bare);
        context.Add(
            "slot at hand: image to first instruction", atHand, "ms", "raw: one KVM_RUN round trip", exits,
            "at most 1 ms", (value, _) => value <= AimMs);
        context.Add(
            "slot at hand: p99", [Statistics.Percentile(atHand, 99)], "ms");
        context.Add("slot at hand: image to Main", toMain, "ms", "raw: one KVM_RUN round trip", exits);
    }

    private static double MeasureBareMachine(KvmEngine engine, TimestampCounter counter)
    {
        ulong start = counter.Read();
        using var machine = new RawMachines(engine, 1, 0);
        machine.Measure(1);
        return counter.Read() - start;
    }

    private static double MeasureCold(KvmEngine engine, DenaliImage image, TimestampCounter counter)
    {
        // The kernel's own threads are started before; what is cold is the image, the slot and the VM.
        using var kernel = new IsolationKernel(engine, new KernelOptions { WorkerCount = 1 });
        ulong start = counter.Read();
        using LoadedImage loaded = kernel.Load(image);
        return MeasureCreate(kernel, loaded, counter, start);
    }

    private static double MeasureCreate(
        IsolationKernel kernel, LoadedImage image, TimestampCounter counter, ulong? from = null)
    {
        var observer = new GuestObserver();
        ulong start = from ?? counter.Read();
        kernel.Create(new MachineOptions { Image = image, Observer = observer, Arguments = ["bench", "boot"] });
        ulong ready = observer.WaitReady(1)[0].Ticks;
        observer.WaitEnded(1);
        return ready - start;
    }
}
