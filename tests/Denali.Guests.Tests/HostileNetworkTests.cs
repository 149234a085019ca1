// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>
/// VMs that attack the network with bare rings. What they may not do is dropped and counted, or ends them; two others
/// talk on as if they were not there, and nothing gets from one isolation group to another.
/// </summary>
public sealed class HostileNetworkTests(ITestOutputHelper output) : IDisposable
{
    private const int Intruders = 2;
    private const int BatchSize = 8;
    private const int Transactions = 1_000;
    private const int TransactionBytes = 200;

    // A pair beside intruders waits for their turns of the switch and of the processor: some milliseconds each.
    private const ulong LatencyFactor = 20;
    private const ulong MedianSlackNs = 10_000_000;
    private const ulong TailSlackNs = 500_000_000;

    private static readonly string[] s_attacks =
    [
        "spoof", "flood-neighbor", "flood-gateway", "flood-everybody", "flood-nobody", "descriptors", "rings",
        "doorbells",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-hostile-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("spoof", DropReason.SpoofedMac, DropReason.SpoofedAddress, DropReason.SpoofedNeighbor)]
    [InlineData("flood-neighbor")]
    [InlineData("flood-gateway", DropReason.NoUplink)]
    [InlineData("flood-everybody", DropReason.Multicast)]
    [InlineData("flood-nobody", DropReason.NoDestination)]
    [InlineData("descriptors", DropReason.BadDescriptor)]
    [InlineData("rings", DropReason.BadDescriptor)]
    [InlineData("doorbells")]
    public void Attack_OnTheSwitch_IsCountedAndOthersKeepTheirLatency(string attack, params DropReason[] reasons)
    {
        using var host = new GuestHost();
        GuestMachine target = StartEcho(host);
        GuestMachine echo = StartEcho(host);
        IReadOnlyDictionary<string, ulong> alone = Measure(host, echo);

        GuestMachine[] intruders = [.. Enumerable.Range(1, Intruders)
            .Select(seed => StartIntruder(host, new NetworkOptions(), attack, target, seed))];
        IReadOnlyDictionary<string, ulong> beside = Measure(host, echo);

        output.WriteLine($"{attack}: transactions p50/p99/max alone {Describe(alone)}, beside it {Describe(beside)}");
        Assert.InRange(beside["p50"], 0u, (alone["p50"] * LatencyFactor) + MedianSlackNs);
        Assert.InRange(beside["p99"], 0u, (alone["p99"] * LatencyFactor) + TailSlackNs);
        NetworkCounters total = host.Kernel.Switch.TotalCounters();
        Assert.All(reasons, reason => Assert.True(total.DroppedFor(reason) > 0, $"nothing is dropped as {reason}"));

        // Random rings may be in the VM's own way; all else goes on until somebody ends it.
        Assert.All(intruders, machine => Assert.False(machine.HasEnded && attack != "rings", "the attack ended"));
        foreach (GuestMachine machine in intruders.Append(target).Append(echo))
        {
            machine.Kill();
        }

        host.AssertStillWorks();
    }

    [Fact]
    public void EveryAttack_AtOnceOnOneWorker_LosesNobodyAByte()
    {
        using var host = new GuestHost(workerCount: 1);
        GuestMachine target = StartEcho(host);
        GuestMachine echo = StartEcho(host);
        IReadOnlyDictionary<string, ulong> alone = Measure(host, echo);

        GuestMachine[] intruders = [.. s_attacks.Select(
            (attack, seed) => StartIntruder(host, new NetworkOptions(), attack, target, seed))];
        IReadOnlyDictionary<string, ulong> beside = Measure(host, echo);
        GuestMachine bulk = Talk(host, "bulk", echo, rounds: 100, bytes: 10_000);

        bulk.AssertTerminated(0);
        output.WriteLine($"transactions p50/p99/max alone {Describe(alone)}, beside {Describe(beside)}");
        ulong worstNs = LatencyFactor * (ulong)s_attacks.Length * alone["p50"];
        Assert.InRange(beside["p50"], 0u, worstNs + (MedianSlackNs * (ulong)s_attacks.Length));
        foreach (GuestMachine machine in intruders.Append(target).Append(echo))
        {
            machine.Kill();
        }
    }

    [Fact]
    public void Flood_OnTheServerItself_LosesNoByte()
    {
        using var host = new GuestHost();
        GuestMachine echo = StartEcho(host);
        var limited = new NetworkOptions { FramesPerSecond = 20_000 };
        GuestMachine[] intruders = [.. Enumerable.Range(1, Intruders)
            .Select(seed => StartIntruder(host, limited, "flood-neighbor", echo, seed))];

        Talk(host, "transact", echo, rounds: 100, TransactionBytes).AssertTerminated(0);
        Talk(host, "bulk", echo, rounds: 30, bytes: 10_000).AssertTerminated(0);

        foreach (GuestMachine machine in intruders.Append(echo))
        {
            machine.Kill();
        }
    }

    [Fact]
    public void EveryAttack_FromAnotherGroup_LeaksNothing()
    {
        string path = Path.Combine(_folder, "capture.pcap");
        using var host = new GuestHost();
        GuestMachine echo = StartEcho(host);
        GuestMachine[] intruders;
        using (host.Kernel.Switch.StartCapture(path, echo.Id))
        {
            intruders = [.. s_attacks.Select(
                (attack, seed) => StartIntruder(host, new NetworkOptions { Group = 7 }, attack, echo, seed))];
            Measure(host, echo);
        }

        List<byte[]> frames = CaptureFile.Read(path);
        MacAddress[] hostile = [.. intruders.Select(machine => SwitchAddressing.MacOf(IndexOf(host, machine)))];
        Assert.True(frames.Count > 2 * Transactions, $"the capture holds {frames.Count} frames only");
        Assert.All(frames, frame =>
        {
            Assert.DoesNotContain(MacAddress.Read(frame), hostile);
            Assert.DoesNotContain(MacAddress.Read(frame.AsSpan(MacAddress.SizeOf)), hostile);
            Assert.Equal(-1, frame.AsSpan().IndexOf("denali-intruder"u8));
        });
        Assert.True(host.Kernel.Switch.TotalCounters().DroppedFor(DropReason.OtherGroup) > 0);
        foreach (GuestMachine machine in intruders.Append(echo))
        {
            machine.Kill();
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void RandomRings_OfManySeeds_HurtNobodyElse() => RunRandomRings(40);

    [Fact]
    [Trait("Speed", "Soak")]
    public void RandomRings_ForLong_HurtNobodyElse() => RunRandomRings(2_000);

    private void RunRandomRings(int batches)
    {
        TimeSpan limit = TimeSpan.FromMilliseconds(100);
        using var host = new GuestHost();
        GuestMachine echo = StartEcho(host);
        var ends = new Dictionary<string, int>();
        var batch = new Batch(host, limit);
        Usage? before = null;
        int seed = 0;
        for (int i = 0; i < batches; i++)
        {
            for (int j = 0; j < BatchSize; j++)
            {
                batch.Add(StartIntruder(host, new NetworkOptions(), "rings", echo, seed++));
            }

            batch.Finish(ends);
            before ??= Usage.Now();
        }

        output.WriteLine($"{batch.ExitCount} exits, {seed} VMs from seed {TestSettings.FirstSeed}: " + string.Join(
            ", ", ends.OrderByDescending(end => end.Value).Select(end => $"{end.Key}: {end.Value}")));
        Assert.DoesNotContain("Faulted -2", ends.Keys);
        Measure(host, echo);
        echo.Kill();
        Usage.Now().AssertNotAbove(before!);
        Assert.Equal(0, host.Kernel.MachineCount);
        host.AssertStillWorks();
    }

    private static GuestMachine StartEcho(GuestHost host)
    {
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions(), "echo");
        echo.WaitForOutput("echo: ready");
        return echo;
    }

    private static GuestMachine StartIntruder(
        GuestHost host, NetworkOptions network, string attack, GuestMachine victim, int seed)
    {
        GuestMachine intruder = host.StartOnNetwork(
            network, "intruder", attack, $"{IndexOf(host, victim)}", $"{TestSettings.FirstSeed + seed}");
        intruder.WaitForOutput("intruder: begins");
        return intruder;
    }

    private static GuestMachine Talk(GuestHost host, string way, GuestMachine echo, int rounds, int bytes) =>
        host.StartOnNetwork(
            new NetworkOptions(),
            "talk",
            way,
            host.AddressOf(echo),
            $"{rounds}",
            $"{bytes}",
            $"{TestSettings.FirstSeed}");

    /// <summary>Nanoseconds of a request and its response; every byte is compared.</summary>
    private static IReadOnlyDictionary<string, ulong> Measure(GuestHost host, GuestMachine echo)
    {
        GuestMachine talk = Talk(host, "transact", echo, Transactions, TransactionBytes);
        talk.AssertTerminated(0);
        return talk.Values();
    }

    private static string Describe(IReadOnlyDictionary<string, ulong> values) => FormattableString.Invariant(
        $"{values["p50"] / 1e3:0}/{values["p99"] / 1e3:0}/{values["max"] / 1e3:0} us");

    private static int IndexOf(GuestHost host, GuestMachine machine) =>
        host.Kernel.Switch.Addressing.FindIp(host.Kernel.Switch.AddressOf(machine.Id));
}
