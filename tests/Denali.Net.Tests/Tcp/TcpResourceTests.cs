// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>What connections cost, and what happens when memory or the link runs out.</summary>
public sealed class TcpResourceTests
{
    private const int IdleConnectionBytesMax = 720;

    [Fact]
    public void Established_Idle_CostsAnObjectAndNothingElse()
    {
        const int Count = 1000;
        DirectPair pair = new();
        List<TcpConnection> kept = new(3 * Count);
        pair.ConnectMany(Count, kept);
        long before = GC.GetAllocatedBytesForCurrentThread();
        pair.ConnectMany(Count, kept);
        long perPair = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;

        // Both ends, with their share of hash tables and heaps of timers, which double.
        Assert.InRange(perPair, 600, 2 * (IdleConnectionBytesMax + 64));
        Assert.Equal(0, pair.Buffers.RentedBytes);
    }

    [Fact]
    public void Connection_Object_IsSmall()
    {
        DirectPair pair = new();
        TcpConnection connection = new(pair.Left);
        long before = GC.GetAllocatedBytesForCurrentThread();
        connection = new TcpConnection(pair.Left);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(connection);
        Assert.InRange(bytes, 1, IdleConnectionBytesMax);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Transfer_AfterWarmUp_AllocatesNothing(bool isOffloaded)
    {
        DirectPair pair = new() { IsSegmentationOffloaded = isOffloaded };
        (TcpConnection client, TcpConnection server) = pair.Connect();
        byte[] data = new byte[100_000];
        pair.Exchange(client, server, data, 1000);
        ulong segments = pair.Left.Statistics.SegmentsSent + pair.Right.Statistics.SegmentsSent;
        long before = GC.GetAllocatedBytesForCurrentThread();
        pair.Exchange(client, server, data, 6000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        segments = pair.Left.Statistics.SegmentsSent + pair.Right.Statistics.SegmentsSent - segments;
        Assert.InRange(segments, 10_000UL, 10_000_000UL);
    }

    [Fact]
    public void Transfer_WithLoss_AfterWarmUp_AllocatesNothing()
    {
        DirectPair pair = new() { LosesEvery = 97 };
        (TcpConnection client, TcpConnection server) = pair.Connect();
        byte[] data = new byte[100_000];
        pair.Exchange(client, server, data, 3000);
        ulong before = pair.Left.Statistics.Retransmissions;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        pair.Exchange(client, server, data, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - bytes);
        Assert.NotEqual(before, pair.Left.Statistics.Retransmissions);
    }

    [Fact]
    public void ResetPeers_OfAHostThatIsGone_EndsItsConnectionsAndNoOthers()
    {
        DirectPair pair = new();
        List<TcpConnection> kept = [];
        pair.ConnectMany(100, kept);

        pair.Left.ResetPeers(address => address != DirectPair.RightEnd.Address);
        Assert.All(kept, connection => Assert.Equal(TcpState.Established, connection.State));
        pair.Left.ResetPeers(address => address == DirectPair.RightEnd.Address);
        for (int i = 0; i < kept.Count; i += 2)
        {
            Assert.Equal((TcpState.Closed, NetError.Reset), (kept[i].State, kept[i].Error));
            Assert.Equal(TcpState.Established, kept[i + 1].State);
            kept[i].Release();
        }

        (TcpConnection client, TcpConnection server) = pair.Connect();
        Assert.Equal((TcpState.Established, TcpState.Established), (client.State, server.State));
        Assert.Equal(0, pair.Buffers.RentedBytes);
    }

    [Fact]
    public void ConnectAndClose_AfterWarmUp_AllocatesNothing()
    {
        DirectPair pair = new();
        pair.OpenAndClose(4000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        pair.OpenAndClose(500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, pair.Left.ConnectionCount + pair.Right.ConnectionCount);
    }

    [Fact]
    public void Receiver_WithoutMemory_DropsAndGetsItAgain()
    {
        TestWire wire = new();
        (TcpConnection client, TcpConnection server) = wire.Connect();
        wire.Right.Buffers.LimitBytes = 0;
        client.Send(new byte[1000]);
        wire.Run(300 * TestWire.Millisecond);
        Assert.Equal(0, server.ReadableBytes);
        Assert.True(wire.Right.Tcp.Statistics.BufferDrops > 0);
        wire.Right.Buffers.LimitBytes = long.MaxValue;
        wire.Run(10 * TestWire.Second);
        Assert.Equal(1000, server.ReadableBytes);
    }

    [Fact]
    public void Sender_WithoutMemory_IsToldWhenToTryAgain()
    {
        TestWire wire = new();
        (TcpConnection client, _) = wire.Connect();
        EventLog log = new();
        client.Events = log;
        wire.Left.Buffers.LimitBytes = 0;
        Assert.Equal(0, client.Send(new byte[10]));
        wire.Left.Buffers.LimitBytes = long.MaxValue;
        wire.Run(TestWire.Second);
        Assert.Equal(["writable"], log.Names);
        Assert.Equal(10, client.Send(new byte[10]));
    }

    [Fact]
    public void SentBytes_StayWhereTheyAreUntilAcknowledged()
    {
        // What the link was given in place must not change while the buffer grows around it.
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Send(new byte[1500]);
        peer.Poll();
        long before = peer.Host.Buffers.RentedBytes;
        peer.Connection.Send(new byte[3000]);
        peer.Poll();
        Assert.True(peer.Host.Buffers.RentedBytes > before);
        long both = peer.Host.Buffers.RentedBytes;
        peer.Send(TcpFlags.Ack, 1, 1001);
        Assert.Equal(both, peer.Host.Buffers.RentedBytes);
        peer.Send(TcpFlags.Ack, 1, 1501);
        Assert.Equal(both - before, peer.Host.Buffers.RentedBytes);
        peer.Send(TcpFlags.Ack, 1, 4501);
        Assert.Equal(0, peer.Host.Buffers.RentedBytes);
    }

    [Fact]
    public void LinkFull_LargeAndSmall_TakeTurns()
    {
        TestWire wire = new();
        (TcpConnection large, _) = wire.Connect(80);
        (TcpConnection small, TcpConnection reader) = wire.Connect(81);
        large.Send(new byte[60_000]);
        small.Send("hello"u8);
        wire.Left.Ip.RoomLeft = 3;
        wire.Left.Poll(wire.NowNs);
        wire.Left.Ip.RoomLeft = 3;
        wire.Left.Poll(wire.NowNs);
        wire.LinkRoom = 1;
        wire.Run(wire.DelayNs);
        Assert.Equal(5, reader.ReadableBytes);
    }

    [Fact]
    public void SackBlocks_ThatCutEveryRange_CannotMakeTheListLong()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(
            [.. ScriptedPeer.Mss(1400), .. ScriptedPeer.Scale(14), .. ScriptedPeer.SackPermitted()], isOffloaded: true);
        uint acknowledged = 1;
        for (int i = 0; i < 12; i++)
        {
            peer.Connection.Send(new byte[100_000]);
            peer.Poll();
            peer.Drop();
            acknowledged = 1 + (uint)peer.Connection.BytesSent + (uint)peer.Connection.UnacknowledgedBytes;
            acknowledged = Math.Min(acknowledged, 1 + (uint)peer.Connection.BytesSent + 14_000);
            peer.Send(TcpFlags.Ack, 1, acknowledged);
        }

        peer.Drop();
        for (uint at = acknowledged + 2; at < acknowledged + 12_000; at += 2)
        {
            peer.Send(TcpFlags.Ack, 1, acknowledged, options: peer.Sack(at, at + 1));
            peer.Drop();
        }

        Assert.InRange(peer.Connection.OutstandingRangeCount, 100, SentRangeList.CountMax + 64);
    }

    [Fact]
    public void Connections_AtTheirBound_AreRefused()
    {
        ScriptedPeer peer = new(new TcpSettings { ConnectionsMax = 2 });
        peer.Listen();
        Assert.NotNull(peer.Host.Tcp.Connect(default, peer.Remote, out _));
        Assert.NotNull(peer.Host.Tcp.Connect(default, peer.Remote, out _));
        Assert.Null(peer.Host.Tcp.Connect(default, peer.Remote, out NetError error));
        Assert.Equal(NetError.NoBuffers, error);
        peer.Poll();
        peer.Drop();
        peer.Send(TcpFlags.Syn, 0, 0);
        peer.ExpectNothing();
    }

    [Fact]
    public void ThousandsOfConnections_EachGetsItsBytes()
    {
        const int Count = 3000;
        DirectPair pair = new();
        List<TcpConnection> all = [];
        pair.ConnectMany(Count, all);
        for (int i = 0; i < Count; i++)
        {
            all[2 * i].Send(BitConverter.GetBytes(i));
        }

        pair.Run();
        byte[] bytes = new byte[8];
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(4, all[(2 * i) + 1].Receive(bytes));
            Assert.Equal(i, BitConverter.ToInt32(bytes));
        }

        Assert.Equal(Count, pair.Left.ConnectionCount);
    }
}
