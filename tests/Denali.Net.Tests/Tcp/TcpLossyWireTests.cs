// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>Seeded bad wires: every byte arrives in order all the same, and nothing is left behind.</summary>
public sealed class TcpLossyWireTests
{
    private const int Seeds = 300;

    private const int ManySeeds = 2_000;

    [Fact]
    public void LossyWire_AnySeed_DeliversEveryByteAndForgetsEverything() => RunAll(0, Seeds);

    [Fact]
    [Trait("Speed", "Slow")]
    public void LossyWire_ManySeeds_DeliverEveryByteAndForgetEverything() => RunAll(Seeds, ManySeeds);

    private static void RunAll(int first, int end)
    {
        int unconnected = 0;
        for (int seed = first; seed < end; seed++)
        {
            string? wrong = Run(seed, ref unconnected);
            Assert.True(wrong is null, $"seed {seed}: {wrong}");
        }

        Assert.InRange(unconnected, 0, (end - first) / 1000);
    }

    private static string? Run(int seed, ref int unconnected)
    {
        Random random = new(seed);
        TestWire wire = new(SettingsFor(random), isIpv6: random.Next(4) == 0, SettingsFor(random));
        EvilFate fate = new(random)
        {
            Loss = random.NextDouble() * 0.15,
            Duplication = random.NextDouble() * 0.1,
            Reordering = random.NextDouble() * 0.5,
            Corruption = random.NextDouble() * 0.05,
            DelayNs = (ulong)random.NextInt64(10_000, 50_000_000),
            JitterNs = (ulong)random.NextInt64(1, 40_000_000),
        };
        wire.Fate = fate.Of;
        wire.Segments = true;
        wire.LinkRoom = random.Next(3) == 0 ? random.Next(1, 5) : -1;

        // Of one side only: two that have filled all their memory with what they want to send cannot receive it.
        wire.Right.Buffers.LimitBytes = random.Next(3) == 0 ? 16384 : long.MaxValue;
        wire.Left.Ip.IsSegmentationOffloaded = random.Next(2) == 0;
        wire.Right.Ip.IsSegmentationOffloaded = random.Next(2) == 0;
        (TcpConnection client, TcpConnection server) = wire.Connect();
        if (server is null)
        {
            // Every SYN of three minutes was lost, or every answer to one.
            unconnected++;
            return client.Error == NetError.TimedOut || client.State == TcpState.Established ? null : "no connection";
        }

        Pump there = new(client, server, random.Next(300_000), 1) { ShutsDown = true };
        Pump back = new(server, client, random.Next(100_000), 2) { ShutsDown = true };
        bool done = wire.RunUntil(
            () => (there.Step() & back.Step()) || there.IsWrong || back.IsWrong || server.Error != NetError.None
                || client.Error != NetError.None,
            2000 * TestWire.Second);
        if (!done || !there.IsDone || !back.IsDone || there.IsWrong || back.IsWrong)
        {
            return $"{there.Received} and {back.Received} bytes, {client.State} {client.Error}, "
                + $"{server.State} {server.Error}";
        }

        client.Release();
        server.Release();
        wire.Run(600 * TestWire.Second);
        long left = wire.Left.Buffers.RentedBytes + wire.Right.Buffers.RentedBytes
            + wire.Left.Tcp.ConnectionCount + wire.Right.Tcp.ConnectionCount
            + wire.Left.Tcp.TimeWaitCount + wire.Right.Tcp.TimeWaitCount;
        return left == 0 ? null : $"left behind: {left}";
    }

    private static TcpSettings SettingsFor(Random random) => new()
    {
        SendBufferBytes = 4096 << random.Next(9),
        ReceiveBufferBytes = 4096 << random.Next(9),
        SynReceivedTimeoutNs = 180 * TestWire.Second,
        DelayedAckNs = (ulong)random.Next(1, 100) * TestWire.Millisecond,
    };
}
