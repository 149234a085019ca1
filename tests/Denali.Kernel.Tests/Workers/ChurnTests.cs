// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Denali.Kernel.Memory;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>
/// Many VMs over few slots, woken by their timers, by input and by frames, all the time: nothing is lost, nothing
/// leaks, and the last wake-ups take as long as the first.
/// </summary>
/// <remarks><c>DENALI_SOAK_SECONDS</c> says how long the soak runs: ten minutes are millions of wake-ups.</remarks>
[Collection(AloneCollection.Name)]
public sealed class ChurnTests
{
    private const int Machines = 2_000;
    private const int Slots = 32;
    private const ulong MeanIdleNs = 200_000_000;
    private const int Parts = 10;
    private const int DefaultSoakSeconds = 600;

    // What the runtime, the pools and the allocator may still come to need after the first tenth.
    private const long SpareBytes = 48L << 20;
    private const int SpareDescriptors = 16;

    private readonly List<(long Memory, int Descriptors, ulong Parked)> _uses = [];
    private readonly List<double> _mediansUs = [];

    [Fact]
    [Trait("Speed", "Slow")]
    public void Wakes_ForSomeSeconds_NeitherLeakNorSlowDown() => Churn(TimeSpan.FromSeconds(5), leastWakes: 5_000);

    [Fact]
    [Trait("Speed", "Soak")]
    public void Wakes_ForMinutes_NeitherLeakNorSlowDown()
    {
        string? text = Environment.GetEnvironmentVariable("DENALI_SOAK_SECONDS");
        int seconds = int.TryParse(text, CultureInfo.InvariantCulture, out int given) ? given : DefaultSoakSeconds;

        Churn(TimeSpan.FromSeconds(seconds), leastWakes: seconds * 1_000);
    }

    private void Churn(TimeSpan duration, long leastWakes)
    {
        using var kernel = new TestKernel(workers: 2, slotLimit: Slots);
        ChurnGuest[] guests = [.. Enumerable.Range(0, Machines).Select(number => new ChurnGuest(number, MeanIdleNs))];
        ulong[] ids = [.. guests.Select(guest => kernel.Start(_ => guest.Run(), network: new NetworkOptions()))];
        var random = new Random(1);
        for (int part = 0; part < Parts; part++)
        {
            Run(kernel, guests, ids, random, duration / Parts);
            _uses.Add((MemoryInUse(), Directory.GetFiles("/proc/self/fd").Length, kernel.Kernel.SlotUsage.ParkedBytes));
        }

        long wakes = guests.Sum(guest => guest.Wakes);
        SlotUsage usage = kernel.Kernel.SlotUsage;
        Assert.Equal(0, guests.Sum(guest => guest.Losses));
        Assert.True(wakes >= leastWakes, $"{wakes} wake-ups");
        Assert.True(usage.Binds >= (ulong)wakes / 2, $"{usage} with {wakes} wake-ups");
        Assert.InRange(usage.Slots, 1, Slots);
        Assert.Equal(Machines, kernel.Kernel.MachineCount);

        // The first part has the warming up in it.
        (long memory, int descriptors, ulong parked) = _uses[0];
        string uses = string.Join(", ", _uses);
        Assert.True(_uses[^1].Memory <= memory + SpareBytes, uses);
        Assert.True(_uses[^1].Descriptors <= descriptors + SpareDescriptors, uses);
        Assert.True(_uses[^1].Parked <= parked * 2, uses);
        Assert.True(_mediansUs[^1] <= (_mediansUs[0] * 3) + 5_000, string.Join(", ", _mediansUs));
    }

    /// <summary>Wakes VMs at random by input and by frames, one at a time, while others wake by themselves.</summary>
    private void Run(TestKernel kernel, ChurnGuest[] guests, ulong[] ids, Random random, TimeSpan duration)
    {
        var times = new List<double>();
        TimeProvider time = TimeProvider.System;
        long end = time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        byte[] input = new byte[1];
        byte[] frame = new byte[64];
        while (time.GetTimestamp() < end)
        {
            int at = random.Next(Machines);
            ulong taken = 0;
            guests[at].Send(kernel.NowNs);
            kernel.Kernel.SendConsoleInput(ids[at], input);
            TestKernel.WaitFor(() => guests[at].HasTaken(out taken), $"VM {at} takes its input");
            times.Add(taken / 1_000.0);

            // It has no ring to take a frame with, but is woken to find out.
            SwitchAddressing.MacOf(random.Next(Machines)).Write(frame);
            _ = kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = frame });
        }

        Assert.NotEmpty(times);
        times.Sort();
        _mediansUs.Add(times[times.Count / 2]);
    }

    private static long MemoryInUse()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }
}
