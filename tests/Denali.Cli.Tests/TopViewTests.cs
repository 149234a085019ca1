// SPDX-License-Identifier: MIT
using System.Text.Json;
using Denali.Control.Api;
using Denali.Kernel;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>What <c>denali top</c> makes of two samples.</summary>
public sealed class TopViewTests
{
    private static readonly KernelSample s_before = new()
    {
        UptimeSeconds = 10,
        ProcessorSeconds = 3,
        Parks = 100,
        BoundWakes = Wakes(new LatencyStep(1_000, 900), new LatencyStep(90_000_000, 100)),
        ParkedWakes = Wakes(new LatencyStep(200_000, 50)),
        SwappedWakes = Wakes(new LatencyStep(3_000_000, 4)),
    };

    // Of 200 wakes of VMs in slots one took long, of 20 parked ones all took the same, and none was swapped.
    private static readonly KernelSample s_now = s_before with
    {
        UptimeSeconds = 12,
        ProcessorSeconds = 4,
        Parks = 130,
        Machines = new ResidenceCounts(3, 4, 5),
        BoundBytes = 5 << 20,
        ParkedBytes = 3 << 20,
        ParkedLimitBytes = 9 << 20,
        SwapUsedBytes = 2 << 20,
        SwapLimitBytes = 8 << 20,
        BoundWakes = Wakes(
            new LatencyStep(1_000, 900), new LatencyStep(50_000, 199), new LatencyStep(90_000_000, 101)),
        ParkedWakes = Wakes(new LatencyStep(200_000, 50), new LatencyStep(400_000, 20)),
    };

    [Fact]
    public void Lines_OfTwoSamples_TellWhatHappenedInBetween()
    {
        string[] lines = TopView.Lines(s_before, s_now);

        Assert.Contains("wakes     110 /s, parks 15 /s", lines);
        Assert.Contains("  bound   1200 in all, 200 of late, p50 0.05 ms, p99 0.05 ms", lines);
        Assert.Contains("  parked  70 in all, 20 of late, p50 0.4 ms, p99 0.4 ms", lines);
        Assert.Contains("  swapped 4 in all, none of late", lines);
        Assert.EndsWith(", 0.50 cores", lines[0], System.StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_TellMemoryByState() => Assert.Contains(
        "memory    5 MiB bound, 3 MiB parked of 9 MiB, 2 MiB swapped of 8 MiB",
        TopView.Lines(s_before, s_now));

    [Fact]
    public void Lines_OfSamplesThatCameAsJson_AreTheSame() =>
        Assert.Equal(TopView.Lines(s_before, s_now), TopView.Lines(ThereAndBack(s_before), ThereAndBack(s_now)));

    [Fact]
    public void Lines_OfAKernelThatWasStartedAnew_CountItsOwn()
    {
        KernelSample anew = new() { UptimeSeconds = 1, ParkedWakes = Wakes(new LatencyStep(300_000, 2)) };

        string[] lines = TopView.Lines(s_before, anew);

        Assert.Contains("  parked  2 in all, 2 of late, p50 0.3 ms, p99 0.3 ms", lines);
        Assert.Contains("wakes     0 /s, parks 0 /s", lines);
    }

    private static KernelSample ThereAndBack(KernelSample sample) => JsonSerializer.Deserialize(
        JsonSerializer.Serialize(sample, ApiJson.Default.KernelSample), ApiJson.Default.KernelSample)!;

    private static LatencySample Wakes(params LatencyStep[] steps)
    {
        ulong count = 0;
        foreach (LatencyStep step in steps)
        {
            count += step.Count;
        }

        return new LatencySample(count, 0.001, 0.09) { Steps = steps };
    }
}
