// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Guests that attack the kernel with all that they have. They end; everybody else does not notice.</summary>
public sealed class HostileTests(ITestOutputHelper output)
{
    private const int BatchSize = 16;
    private const ulong PeriodNs = 1_000_000;

    private static readonly TimeSpan s_batchLimit = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData("bytes", 300)]
    [InlineData("instructions", 300)]
    public void RandomCode_AFewRuns_EndOrAreKilled(string kind, int count) => RunRandomCode(kind, count);

    [Theory]
    [InlineData("bytes", 3_000)]
    [InlineData("instructions", 6_000)]
    [Trait("Speed", "Slow")]
    public void RandomCode_ManyRuns_EndOrAreKilled(string kind, int count) => RunRandomCode(kind, count);

    [Theory]
    [InlineData("bytes", 100_000)]
    [InlineData("instructions", 200_000)]
    [Trait("Speed", "Soak")]
    public void RandomCode_RunsForLong_EndOrAreKilled(string kind, int count) => RunRandomCode(kind, count);

    [Fact]
    public void Scribble_SomeRounds_HurtsNobodyElse() => RunScribble(20_000, out _);

    [Fact]
    [Trait("Speed", "Soak")]
    public void Scribble_TwentyMillionExits_HurtsNobodyElse() => CompareNeighbour(20_000_000);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Scribble_AMillionExits_HurtsNobodyElse() => CompareNeighbour(1_000_000);

    private static string Describe(IReadOnlyDictionary<string, ulong> values) =>
        FormattableString.Invariant(
            $"{values["p50"] / 1e3:0} / {values["p99"] / 1e3:0} / {values["max"] / 1e3:0} us ")
        + FormattableString.Invariant($"({values["samples"]} wake-ups)");

    private static IReadOnlyDictionary<string, ulong> MeasureBesideSpinning(int spinners)
    {
        const uint Rounds = 1000;
        using var host = new GuestHost();
        LoadedImage spin = host.Load(Snippets.Spin);
        for (int i = 0; i < spinners; i++)
        {
            host.Start(spin);
        }

        GuestMachine machine = host.Run("periodic", $"{PeriodNs}", $"{Rounds}");
        machine.AssertTerminated(Rounds);
        return machine.Values();
    }

    private static void EndNeighbour(GuestHost host, GuestMachine neighbour)
    {
        Assert.False(neighbour.HasEnded, "the neighbour did not survive");
        host.Kernel.RequestTermination(neighbour.Id);
        Assert.Equal(ExitCause.Terminated, neighbour.WaitForEnd().Cause);
        host.AssertStillWorks();
        Assert.Equal(0, host.Kernel.MachineCount);
    }

    private void CompareNeighbour(ulong count)
    {
        const ulong LatenessMedianMaxNs = 5_000_000;
        const ulong LatenessTailMaxNs = 100_000_000;
        IReadOnlyDictionary<string, ulong> alone = MeasureBesideSpinning(0);
        IReadOnlyDictionary<string, ulong> besideSpinning = MeasureBesideSpinning(BatchSize);

        ulong exits = RunScribble(count, out GuestMachine neighbour);

        IReadOnlyDictionary<string, ulong> beside = neighbour.Values();
        output.WriteLine($"{exits} hostile exits; idle 1 ms late by p50/p99/most, alone: {Describe(alone)}");
        output.WriteLine($"beside {BatchSize} VMs that only spin: {Describe(besideSpinning)}");
        output.WriteLine($"beside {BatchSize} hostile VMs: {Describe(beside)}");
        Assert.InRange(beside["p50"], 0u, LatenessMedianMaxNs);
        Assert.InRange(beside["p99"], 0u, LatenessTailMaxNs);
    }

    private void RunRandomCode(string kind, int count)
    {
        using var host = new GuestHost();
        GuestMachine neighbour = host.Start("periodic", $"{PeriodNs}", $"{uint.MaxValue}");
        var ends = new Dictionary<string, int>();
        var batch = new Batch(host, s_batchLimit);
        Usage before = Usage.Now();

        for (int i = 0; i < count; i++)
        {
            var random = new Random(TestSettings.FirstSeed + i);
            byte[] file = kind == "bytes" ? RandomCode.Bytes(random) : RandomCode.Instructions(random);
            Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error), error.Message);
            using LoadedImage loaded = host.Kernel.Load(image);
            batch.Add(host.Start(loaded));
            if (batch.Count == BatchSize)
            {
                batch.Finish(ends);
            }

            if (i == 4 * BatchSize)
            {
                before = Usage.Now();
            }
        }

        batch.Finish(ends);
        output.WriteLine($"{count} runs of random {kind} from seed {TestSettings.FirstSeed}: " + string.Join(
            ", ", ends.OrderByDescending(end => end.Value).Select(end => $"{end.Key}: {end.Value}")));
        Assert.DoesNotContain("Faulted -2", ends.Keys);
        Usage.Now().AssertNotAbove(before);
        EndNeighbour(host, neighbour);
    }

    private ulong RunScribble(ulong exits, out GuestMachine neighbour)
    {
        const int Rounds = 1_500;
        TimeSpan limit = TimeSpan.FromSeconds(1);
        using var host = new GuestHost();
        neighbour = host.Start("periodic", $"{PeriodNs}", $"{uint.MaxValue}");
        var ends = new Dictionary<string, int>();
        var batch = new Batch(host, limit);
        Usage before = Usage.Now();
        for (int seed = TestSettings.FirstSeed; batch.ExitCount < exits; seed++)
        {
            batch.Add(host.Start("scribble", $"{(uint)seed * 2_654_435_761u}", $"{Rounds}"));
            if (batch.Count < BatchSize)
            {
                continue;
            }

            bool isFirst = batch.ExitCount == 0;
            batch.Finish(ends);
            before = isFirst ? Usage.Now() : before;
        }

        output.WriteLine($"{batch.ExitCount} exits from seed {TestSettings.FirstSeed}: " + string.Join(
            ", ", ends.OrderByDescending(end => end.Value).Select(end => $"{end.Key}: {end.Value}")));
        Assert.DoesNotContain("Faulted -2", ends.Keys);
        Usage.Now().AssertNotAbove(before);
        EndNeighbour(host, neighbour);
        return batch.ExitCount;
    }
}
