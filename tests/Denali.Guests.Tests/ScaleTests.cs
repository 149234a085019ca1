// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Many VMs at once.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void Machines_AThousandIdlingAtOnce_AllCountToTheEnd()
    {
        const int Count = 1000;
        const uint Rounds = 20;
        const ulong PeriodNs = 100_000_000;
        TimeSpan limit = TimeSpan.FromSeconds(60);
        using var host = new GuestHost();
        LoadedImage image = host.Load("periodic");
        host.Run("periodic", "1000000", "1").AssertTerminated(1);
        GC.Collect();
        (long available, long resident) = (ProcessStatus.AvailableBytes, ProcessStatus.ResidentBytes);
        long start = TimeProvider.System.GetTimestamp();

        // Nobody begins to count before all are there: each waits for a byte of input.
        GuestMachine[] machines =
        [
            .. Enumerable.Range(0, Count).Select(_ => host.Start(image, $"{PeriodNs}", $"{Rounds}", "wait")),
        ];
        Array.ForEach(machines, machine => machine.WaitForOutput("started"));
        TimeSpan made = TimeProvider.System.GetElapsedTime(start);
        Assert.Equal(Count, host.Kernel.MachineCount);
        (long availableUsed, long residentUsed) =
            (available - ProcessStatus.AvailableBytes, ProcessStatus.ResidentBytes - resident);
        Array.ForEach(machines, machine => host.Kernel.SendConsoleInput(machine.Id, new byte[1]));

        foreach (GuestMachine machine in machines)
        {
            Assert.Equal(ExitCause.Terminated, machine.WaitForEnd(limit).Cause);
            machine.AssertTerminated(Rounds);
        }

        TimeSpan all = TimeProvider.System.GetElapsedTime(start);
        double cpuMs = machines.Average(machine => machine.WaitForEnd().CpuNs / 1e6);
        ulong[] late = [.. machines.Select(machine => machine.Values()["max"]).Order()];
        output.WriteLine(FormattableString.Invariant(
            $"{Count} VMs alive after {made.TotalSeconds:0.0} s, all ended after {all.TotalSeconds:0.0} s"));
        output.WriteLine(FormattableString.Invariant(
            $"memory per VM: {availableUsed / Count / 1024} KiB of the machine, of it resident"));
        output.WriteLine(FormattableString.Invariant(
            $"{residentUsed / Count / 1024} KiB; charged {machines[0].WaitForEnd().ChargedBytes / 1024} KiB"));
        output.WriteLine(FormattableString.Invariant($"processor per VM: {cpuMs:0.00} ms"));
        output.WriteLine(FormattableString.Invariant(
            $"latest wake-up of a VM: median {late[Count / 2] / 1e6:0.0} ms, worst {late[^1] / 1e6:0.0} ms"));
        Assert.InRange(all, TimeSpan.Zero, limit);
        Assert.Equal(0, host.Kernel.MachineCount);
        host.AssertStillWorks();
    }
}
