// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>Two layers and a good wire: everything arrives, and everything is given back.</summary>
public sealed class TcpTransferTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Bulk_BothWays_EveryByteArrivesAndBuffersComeBack(bool isOffloaded, bool isIpv6)
    {
        TestWire wire = new(isIpv6: isIpv6);
        wire.Left.Ip.IsSegmentationOffloaded = isOffloaded;
        wire.Right.Ip.IsSegmentationOffloaded = isOffloaded;
        (TcpConnection client, TcpConnection server) = wire.Connect();
        Pump there = new(client, server, 3_000_000, 1) { ShutsDown = true };
        Pump back = new(server, client, 2_000_000, 2) { ShutsDown = true };
        Assert.True(wire.RunUntil(() => there.Step() & back.Step(), 60 * TestWire.Second));
        Assert.False(there.IsWrong || back.IsWrong);
        client.Release();
        server.Release();
        wire.Run(120 * TestWire.Second);
        Assert.Equal(0, wire.Left.Buffers.RentedBytes + wire.Right.Buffers.RentedBytes);
        Assert.Equal(0, wire.Left.Tcp.ConnectionCount + wire.Right.Tcp.ConnectionCount);
        Assert.Equal(0, wire.Left.Tcp.TimeWaitCount + wire.Right.Tcp.TimeWaitCount);
        Assert.Equal(0UL, wire.Left.Tcp.Statistics.Retransmissions + wire.Right.Tcp.Statistics.Retransmissions);
    }

    [Fact]
    public void Handshake_TakesThreeSegments()
    {
        TestWire wire = new();
        (TcpConnection client, TcpConnection server) = wire.Connect();
        Assert.Equal(
            [TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Ack], wire.Log.Select(packet => packet.Flags));
        Assert.Equal(TcpState.Established, server.State);
        Assert.Equal(client.Local, server.Remote);
        Assert.InRange(client.RoundTripNs, 10 * TestWire.Millisecond, 11 * TestWire.Millisecond);
    }

    [Fact]
    public void Bulk_SomeLoss_IsRepairedWithoutTimeouts()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            TestWire wire = new() { DelayNs = 10 * TestWire.Millisecond };
            (TcpConnection client, TcpConnection server) = wire.Connect();
            EvilFate fate = new(new Random(seed)) { Loss = 0.005, DelayNs = wire.DelayNs };

            // Data only: this wire delivers a flight at one moment, so a flight has one acknowledgment.
            wire.Fate = packet => packet.Payload.Length > 0 ? fate.Of(packet) : [wire.DelayNs];
            Pump pump = new(client, server, 3_000_000);
            Assert.True(wire.RunUntil(pump.Step, 100 * TestWire.Second), $"seed {seed}");

            // A retransmission that is lost too costs no timeout either. A lost tail is probed for.
            Assert.True(wire.Left.Tcp.Statistics.Timeouts == 0, $"seed {seed}");
            Assert.InRange(
                wire.Left.Tcp.Statistics.Retransmissions,
                1UL,
                40UL + wire.Left.Tcp.Statistics.LossProbes);
        }
    }

    [Fact]
    public void Established_Idle_HoldsNoBuffers()
    {
        TestWire wire = new();
        (TcpConnection client, TcpConnection server) = wire.Connect();
        client.Send("hello"u8);
        wire.Run(TestWire.Second);
        byte[] text = new byte[5];
        Assert.Equal(5, server.Receive(text));
        Assert.True("hello"u8.SequenceEqual(text));
        Assert.Equal(0, client.HeldBytes + server.HeldBytes);
        Assert.Equal(0, wire.Left.Buffers.RentedBytes + wire.Right.Buffers.RentedBytes);
    }
}
