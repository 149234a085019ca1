// SPDX-License-Identifier: MIT
using Denali.Interop.Tests.Ends;
using Denali.Interop.Tests.Wire;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Interop.Tests;

/// <summary>Bytes between Linux's TCP and ours, over wires that are good and bad.</summary>
public sealed class TransferTests
{
    private const int BulkBytes = 1_000_000;
    private const int QuickBytes = 300_000;

    [Theory]
    [InlineData("none", true, false)]
    [InlineData("loss", false, true)]
    [InlineData("everything", true, true)]
    public void Bulk_BothWaysAtOnce_Arrives(string plan, bool isIpv4, bool isOurs) =>
        Exchange(plan, isIpv4, isOurs, QuickBytes);

    [Theory]
    [InlineData("none", false, true)]
    [InlineData("cut", true, false)]
    [InlineData("cut", false, true)]
    [InlineData("loss", true, false)]
    [InlineData("loss", false, true)]
    [InlineData("bursts", true, true)]
    [InlineData("bursts", false, false)]
    [InlineData("reordering", true, true)]
    [InlineData("reordering", false, false)]
    [InlineData("duplication", true, false)]
    [InlineData("duplication", false, true)]
    [InlineData("corruption", true, true)]
    [InlineData("corruption", false, false)]
    [InlineData("everything", true, false)]
    [InlineData("everything", false, false)]
    [Trait("Speed", "Slow")]
    public void Bulk_BothWaysAtOnceOnEveryWire_Arrives(string plan, bool isIpv4, bool isOurs) =>
        Exchange(plan, isIpv4, isOurs, BulkBytes);

    [Theory]
    [InlineData("none", BulkBytes, 0)]
    [InlineData("none", 0, BulkBytes)]
    [InlineData("loss", BulkBytes, 0)]
    [InlineData("loss", 0, BulkBytes)]
    [InlineData("bursts", BulkBytes, 0)]
    [InlineData("bursts", 0, BulkBytes)]
    [InlineData("everything", BulkBytes, 0)]
    [InlineData("everything", 0, BulkBytes)]
    [Trait("Speed", "Slow")]
    public void Bulk_OneWay_Arrives(string plan, int fromLinux, int fromUs) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4: true, isOurs: false);
            using (linux)
            using (ours)
            {
                Conversation.Run(linux, fromLinux, ours, fromUs);
            }
        });

    [Theory]
    [InlineData("none", true, false)]
    [InlineData("everything", false, true)]
    public void Transactions_InTurns_Arrive(string plan, bool isIpv4, bool isOurs) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
            using (linux)
            using (ours)
            {
                Conversation.Transact(isOurs ? ours : linux, isOurs ? linux : ours, 30, 5000, seed: 1);
            }
        });

    [Theory]
    [InlineData("loss", true, false)]
    [InlineData("loss", false, true)]
    [InlineData("reordering", false, false)]
    [InlineData("duplication", true, true)]
    [InlineData("corruption", false, false)]
    [InlineData("everything", true, false)]
    [Trait("Speed", "Slow")]
    public void Transactions_OnEveryWire_Arrive(string plan, bool isIpv4, bool isOurs) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
            using (linux)
            using (ours)
            {
                Conversation.Transact(isOurs ? ours : linux, isOurs ? linux : ours, 60, 5000, seed: 2);
            }
        });

    private static void Exchange(string name, bool isIpv4, bool isOurs, int bytes)
    {
        FaultPlan plan = FaultPlan.Named(name);
        StackLab.Run(
            plan,
            lab =>
            {
                (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
                using (linux)
                using (ours)
                {
                    Conversation.Run(linux, bytes, ours, bytes);
                }

                AssertMet(plan, lab);
            });
    }

    /// <summary>The wire did what the test is about, and the stack noticed.</summary>
    private static void AssertMet(FaultPlan plan, StackLab lab)
    {
        TcpStatistics statistics = lab.End.Do(tcp => tcp.Statistics);
        long faults = lab.Wire.FaultCount;
        Assert.Equal(plan.Loss + plan.Duplication + plan.Reordering + plan.Corruption > 0, faults > 0);

        // A wire that cuts has enough frames for every kind of luck.
        Assert.True(statistics.Recoveries > 0 || plan.Loss == 0 || !plan.IsCut);
        Assert.True(statistics.BadChecksums > 0 || plan.Corruption == 0);
    }
}
