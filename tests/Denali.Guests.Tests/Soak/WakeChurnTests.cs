// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests.Soak;

/// <summary>
/// Many VMs over few slots of KVM and a swap file, woken at random as often as the kernel can, some of them by
/// visitors: each has the memory that it left, and with the wakes neither memory nor descriptors nor times grow.
/// </summary>
/// <remarks><c>DENALI_SOAK_SECONDS</c> says how long, <c>DENALI_SEED</c> repeats the choices.</remarks>
public sealed class WakeChurnTests(ITestOutputHelper output)
{
    private const int Wakers = 2_000;
    private const int Visited = 200;
    private const int Slots = 32;

    // Less than all of them take, so that many a wake comes out of the swap file.
    private const ulong ParkedLimitBytes = 2 << 20;

    // Three thirds of three: a third's median is not one bad moment.
    private const int Windows = 9;
    private const int PairsPerWindow = 300;
    private const int WakesPerVisit = 50;

    // As long as a VM remembers connections that it closed (TIME-WAIT), what is kept of it grows, and no longer.
    private static readonly TimeSpan s_remembered = TimeSpan.FromSeconds(65);

    private readonly ulong[] _counts = new ulong[Visited];
    private readonly Random _random = new(TestSettings.FirstSeed);
    private readonly Random _visitors = new(TestSettings.FirstSeed + 1);

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    [Trait("Speed", "Slow")]
    public Task Wakes_OnKvmForSomeSeconds_NeitherLeakNorSlowDown() => ChurnAsync(TimeSpan.FromSeconds(4));

    [Fact]
    [Trait("Speed", "Soak")]
    public Task Wakes_OnKvmForLong_NeitherLeakNorSlowDown() => ChurnAsync(TestSettings.SoakTime);

    private async Task ChurnAsync(TimeSpan duration)
    {
        string folder = Directory.CreateTempSubdirectory("denali-churn-").FullName;
        using var host = new GuestHost(
            slotLimit: Slots, swapPath: Path.Combine(folder, "swap"), parkedLimitBytes: ParkedLimitBytes);

        // The file is open by now, and goes with the kernel.
        Directory.Delete(folder, recursive: true);
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage twin = host.MakeTemplate("twin");
        GuestMachine[] visited = [.. Enumerable.Range(0, Visited).Select(_ => host.Clone(twin))];
        using var fleet = new ChurnFleet(host.Kernel, host.Load("waker"), Wakers);
        Task Visit(long count) => VisitAsync(host, network, visited, count);

        // The warm-up also tells how many wakes a window may have.
        bool isLong = duration > s_remembered * 1.5;
        TimeSpan warmUp = duration / 4 > s_remembered || !isLong ? duration / 4 : s_remembered;
        (long wakes, double perSecond) = await WarmUpAsync(fleet, Visit, warmUp);
        long perWindow = (long)(perSecond * (duration - warmUp).TotalSeconds / Windows) + 1;
        MemoryUsage begin = host.Kernel.MemoryUsage;
        List<ChurnWindow> windows = [];
        for (int i = 0; i < Windows; i++)
        {
            Task visits = Visit((perWindow / WakesPerVisit) + 1);
            fleet.WakeMany(_random, perWindow);
            wakes += perWindow;
            await visits;
            windows.Add(Measure(host, fleet));
        }

        MemoryUsage end = host.Kernel.MemoryUsage;
        ulong swapIns = end.SwapIns - begin.SwapIns;
        output.WriteLine(FormattableString.Invariant(
            $"{wakes} wakes, {perSecond:F0} per second, {swapIns} from the swap file after the warm-up, ")
            + FormattableString.Invariant($"{_counts.Sum(count => (long)count)} visits"));
        output.WriteLine(ChurnWindow.Tell(windows));
        Assert.True(swapIns > (ulong)(perWindow * Windows / 10), $"only {swapIns} wakes from the swap file");
        Assert.Equal((0UL, 0UL, 0UL), (end.SwapLost, end.SwapReadFailures, end.SwapWriteFailures));
        Assert.InRange(host.Kernel.SlotUsage.Slots, 1, Slots);
        Assert.Equal(Wakers + Visited, host.Kernel.MachineCount);
        ChurnWindow.AssertLevel(windows, isLong ? 0.05 : 1);
    }

    private async Task<(long Wakes, double PerSecond)> WarmUpAsync(
        ChurnFleet fleet, Func<long, Task> visit, TimeSpan time)
    {
        const int Part = 1_000;
        for (int i = 0; i < Visited; i++)
        {
            await visit(1);
        }

        long wakes = 0;
        long begin = Stopwatch.GetTimestamp();
        do
        {
            Task visits = visit(Part / WakesPerVisit);
            fleet.WakeMany(_random, Part);
            wakes += Part;
            await visits;
        }
        while (Stopwatch.GetElapsedTime(begin) < time);

        return (wakes, wakes / Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }

    private ChurnWindow Measure(GuestHost host, ChurnFleet fleet)
    {
        (double parked, double swapped, double bound) = fleet.MeasurePairs(_random, PairsPerWindow);
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        MemoryUsage usage = host.Kernel.MemoryUsage;
        return new ChurnWindow(
            ProcessStatus.ResidentBytes,
            managed,
            (long)usage.ParkedBytes,
            (long)usage.SwapUsedBytes,
            ProcessStatus.OpenFiles,
            parked,
            swapped,
            bound);
    }

    private async Task VisitAsync(GuestHost host, HostNetwork network, GuestMachine[] machines, long count)
    {
        await Task.Yield();
        for (long i = 0; i < count; i++)
        {
            int index = _visitors.Next(Visited);
            ulong id = machines[index].Id;
            TwinClient.Answer answer =
                await TwinClient.AskAsync(network, host.Kernel.Switch.AddressOf(id), Patience);
            Assert.Equal((id, ++_counts[index], true), (answer.Id, answer.Count, answer.IsWhole));
        }
    }
}
