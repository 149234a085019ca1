// SPDX-License-Identifier: MIT
using Denali.Images.Tests;
using Xunit;

namespace Denali.Net.Tests.Simulation;

/// <summary>Stacks that talk over bad networks, in virtual time, from seeds.</summary>
/// <remarks>A failure prints its seed; <c>DENALI_SEED=n</c> begins with it, and runs are alike from then on.</remarks>
public sealed class SimulationTests
{
    private const int QuickSeeds = 300;
    private const int FullSeeds = 10_000;
    private const int SoakSeeds = 200_000;

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Network_SomeSeeds_DeliversOrTellsAndForgets() =>
        Check(QuickSeeds, SoakSeeds);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Network_ManySeeds_DeliversOrTellsAndForgets() =>
        Check(FullSeeds, FullSeeds);

    // Simulations that meet nothing would prove nothing.
    private static void Check(int seeds, int soakSeeds)
    {
        int whole = 0;
        long datagrams = 0;
        ulong retransmissions = 0;
        ulong drops = 0;
        ulong cookies = 0;
        TestSeed.ForEach(seeds, soakSeeds, random =>
        {
            var simulation = new Simulation(random);
            simulation.Run();
            whole += simulation.WholeCount;
            datagrams += simulation.DatagramCount;
            retransmissions += simulation.Total(counters => counters.Retransmissions);
            drops += simulation.Total(counters => counters.BadChecksums);
            cookies += simulation.Total(counters => counters.CookiesAccepted);
        });
        Assert.True(whole > seeds, $"only {whole} conversations were whole");
        Assert.True(datagrams > seeds, $"only {datagrams} datagrams arrived");
        Assert.True(retransmissions > (ulong)seeds, $"only {retransmissions} retransmissions");
        Assert.True(drops > 0 && cookies > 0, $"{drops} bad checksums, {cookies} cookies");
    }
}
