// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests.Soak;

/// <summary>
/// Many VMs over few slots of KVM, one after the other asked at random: each knows what it was asked before, and the
/// last quarter takes neither more memory nor more time than the first.
/// </summary>
/// <remarks><c>DENALI_SOAK_SECONDS</c> says how long, <c>DENALI_SEED</c> repeats the choices.</remarks>
public sealed class WakeChurnTests(ITestOutputHelper output)
{
    private const int Machines = 400;
    private const int Slots = 32;
    private const int Askers = 2;
    private const int Quarters = 4;

    // What the runtime and the allocator may still come to need after the first quarter; and a busy machine. What is
    // kept of a VM grows for a minute, as long as it remembers connections that it closed (TIME-WAIT), and no longer.
    private const long SpareBytes = 64L << 20;
    private const int SpareFiles = 16;
    private const double SpareUs = 10_000;
    private const double FactorMax = 3;
    private const int ParkedFactorMax = 2;

    private readonly ulong[] _counts = new ulong[Machines];

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    [Trait("Speed", "Slow")]
    public Task Wakes_OnKvmForSomeSeconds_NeitherLeakNorSlowDown() => ChurnAsync(TimeSpan.FromSeconds(4), 200);

    [Fact]
    [Trait("Speed", "Soak")]
    public Task Wakes_OnKvmForLong_NeitherLeakNorSlowDown() =>
        ChurnAsync(TestSettings.SoakTime, (ulong)TestSettings.SoakTime.TotalSeconds * 100);

    private async Task ChurnAsync(TimeSpan duration, ulong leastWakes)
    {
        using var host = new GuestHost(slotLimit: Slots);
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage template = host.MakeTemplate("twin");
        GuestMachine[] machines = [.. Enumerable.Range(0, Machines).Select(_ => host.Clone(template))];

        // Each once before: what a VM's first visit makes of it is there then.
        for (int i = 0; i < Machines; i++)
        {
            _ = await AskAsync(host, network, machines, i);
        }

        ulong binds = host.Kernel.SlotUsage.Binds;
        List<Quarter> quarters = [];
        for (int i = 0; i < Quarters; i++)
        {
            List<double>[] times = await Task.WhenAll(Enumerable.Range(0, Askers).Select(
                asker => AskForAsync(host, network, machines, asker, i, duration / Quarters)));
            GC.Collect();
            double[] sorted = [.. times.SelectMany(own => own).Order()];
            quarters.Add(new Quarter(
                sorted.Length,
                sorted[sorted.Length / 2],
                ProcessStatus.ResidentBytes,
                ProcessStatus.OpenFiles,
                host.Kernel.SlotUsage.ParkedBytes));
        }

        string all = string.Join(", ", quarters);
        output.WriteLine(all);
        (Quarter first, Quarter last) = (quarters[0], quarters[^1]);
        ulong wakes = host.Kernel.SlotUsage.Binds - binds;
        Assert.True(wakes >= leastWakes, $"{wakes} wakes; {all}");
        Assert.InRange(host.Kernel.SlotUsage.Slots, 1, Slots);
        Assert.Equal(Machines, host.Kernel.MachineCount);
        Assert.True(last.MedianUs <= (first.MedianUs * FactorMax) + SpareUs, all);
        Assert.True(last.Resident <= first.Resident + SpareBytes, all);
        Assert.True(last.Files <= first.Files + SpareFiles, all);
        Assert.True(last.Parked <= first.Parked * ParkedFactorMax, all);
    }

    // Each asker has VMs of its own, so that what each has been asked is known.
    private async Task<List<double>> AskForAsync(
        GuestHost host, HostNetwork network, GuestMachine[] machines, int asker, int quarter, TimeSpan time)
    {
        var random = new Random(TestSettings.FirstSeed + (quarter * Askers) + asker);
        List<double> times = [];
        long start = Stopwatch.GetTimestamp();
        do
        {
            int index = (random.Next(Machines / Askers) * Askers) + asker;
            times.Add(await AskAsync(host, network, machines, index));
        }
        while (Stopwatch.GetElapsedTime(start) < time);

        return times;
    }

    private async Task<double> AskAsync(GuestHost host, HostNetwork network, GuestMachine[] machines, int index)
    {
        ulong id = machines[index].Id;
        long start = Stopwatch.GetTimestamp();
        TwinClient.Answer answer =
            await TwinClient.AskAsync(network, host.Kernel.Switch.AddressOf(id), Patience);
        double took = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        Assert.Equal((id, ++_counts[index], true), (answer.Id, answer.Count, answer.IsWhole));
        return took;
    }

    private sealed record Quarter(int Wakes, double MedianUs, long Resident, int Files, ulong Parked);
}
