// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Nobody keeps the processor; who idles is woken in time; who spins gets a fair share.</summary>
public sealed class SchedulingTests(ITestOutputHelper output)
{
    private const ulong MillisecondNs = 1_000_000;

    [Fact]
    public void Spin_Forever_OthersGoOn()
    {
        using var host = new GuestHost(workerCount: 1);
        GuestMachine[] spinning = [.. Enumerable.Range(0, 3).Select(_ => host.Start(host.Load(Snippets.Spin)))];

        for (int i = 0; i < 5; i++)
        {
            host.AssertStillWorks();
        }

        Assert.All(spinning, machine => Assert.False(machine.HasEnded));
        Assert.All(spinning, machine => Assert.Equal(ExitCause.Killed, machine.Kill().Cause));
    }

    // A preemption timer may fire while its worker sleeps. The next VM must be taken off the processor all the same.
    [Fact]
    public void Spin_AfterANap_OthersAreWoken()
    {
        ulong wake = (ulong)Stopwatch.GetTimestamp() + (100 * MillisecondNs);
        using var host = new GuestHost(workerCount: 1);
        GuestMachine idler = host.Start("periodic", $"{30 * MillisecondNs}", "15");
        GuestMachine spinner = host.Start("probe", "nap", $"{wake}");

        idler.AssertTerminated(15);

        Assert.Equal(ExitCause.Killed, spinner.Kill().Cause);
    }

    // What else the machine does is charged to whoever runs meanwhile. An unfair scheduler is so every time.
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [Trait("Speed", "Slow")]
    public void Spin_SeveralOnTwoWorkers_ShareFairly(int count)
    {
        const double UnfairnessMax = 1.25;
        const int Tries = 3;
        double unfairness = double.PositiveInfinity;
        for (int i = 0; i < Tries && unfairness > UnfairnessMax; i++)
        {
            double[] cpuMs = MeasureShares(count);
            unfairness = Math.Min(unfairness, cpuMs.Max() / cpuMs.Min());
            string shares = string.Join(", ", cpuMs.Select(ms => ms.ToString("0", CultureInfo.InvariantCulture)));
            output.WriteLine($"{count} spinning VMs on two workers: {shares} ms");
        }

        Assert.InRange(unfairness, 1, UnfairnessMax);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [Trait("Speed", "Slow")]
    public void Idle_OneMillisecond_IsWokenInTime(int spinners)
    {
        const ulong LatenessMaxNs = 2 * MillisecondNs;
        using var host = new GuestHost();
        LoadedImage spin = host.Load(Snippets.Spin);
        for (int i = 0; i < spinners; i++)
        {
            host.Start(spin);
        }

        GuestMachine machine = host.Start("periodic", $"{MillisecondNs}", "1000");

        machine.AssertTerminated(1000);
        IReadOnlyDictionary<string, ulong> values = machine.Values();
        output.WriteLine(
            $"idle 1 ms with {spinners} spinning VMs: late by p50 {values["p50"]} ns, p99 {values["p99"]} ns, "
            + $"most {values["max"]} ns");
        Assert.InRange(values["p50"], 0u, LatenessMaxNs);
    }

    private static double[] MeasureShares(int count)
    {
        const ulong TimeNs = 2_000 * MillisecondNs;
        using var host = new GuestHost();
        LoadedImage spin = host.Load(Snippets.Spin);
        GuestMachine[] machines = [.. Enumerable.Range(0, count).Select(_ => host.Start(spin))];

        // The time is measured by a VM that idles, which is what the processors are shared with.
        host.Start("periodic", $"{TimeNs}", "1").AssertTerminated(1);
        Array.ForEach(machines, machine => host.Kernel.Kill(machine.Id));
        double[] cpuMs = [.. machines.Select(machine => machine.WaitForEnd().CpuNs / 1e6)];
        Assert.InRange(cpuMs.Sum(), 0.5 * 2 * TimeNs / 1e6, 1.2 * 2 * TimeNs / 1e6);
        return cpuMs;
    }
}
