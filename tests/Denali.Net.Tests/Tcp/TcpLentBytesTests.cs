// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>Bytes that are sent where they lie: all arrive, and all go back, once.</summary>
public sealed class TcpLentBytesTests
{
    [Fact]
    public void Acknowledged_GoBack()
    {
        TestWire wire = new();
        (TcpConnection client, TcpConnection server) = wire.Connect();
        TestLender lender = new();
        Assert.Equal(5000, lender.Send(client, new byte[5000]));
        Assert.Equal(1, lender.LentCount);
        Assert.Equal(0, client.HeldBytes);

        Assert.True(wire.RunUntil(() => client.UnacknowledgedBytes == 0, TestWire.Second));
        Assert.Equal(0, lender.LentCount);
        Assert.Equal(5000, server.ReadableBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EndOfTheConnection_WithBytesUnderWay_ReturnsThem(bool isPeersReset)
    {
        TestWire wire = new();
        (TcpConnection client, TcpConnection server) = wire.Connect();
        TestLender lender = new();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(1000, client.Send(new byte[1000]));
            Assert.Equal(2000, lender.Send(client, new byte[2000]));
        }

        Assert.Equal(5, lender.LentCount);
        if (isPeersReset)
        {
            server.Abort();
            Assert.True(wire.RunUntil(() => client.State == TcpState.Closed, TestWire.Second));
        }
        else
        {
            client.Abort();
        }

        Assert.Equal(0, lender.LentCount);
        Assert.Equal(0, client.HeldBytes);
    }

    [Fact]
    public void HeadAndLentBody_GoInOneFrame()
    {
        TestWire wire = new();
        wire.Left.Ip.IsSegmentationOffloaded = true;
        (TcpConnection client, TcpConnection server) = wire.Connect();
        TestLender lender = new();
        client.Send(new byte[300]);
        Assert.Equal(8000, lender.Send(client, new byte[8000]));
        Assert.True(wire.RunUntil(() => server.ReadableBytes == 8300, TestWire.Second));

        // Five whole segments and the rest, as a buffer of copied bytes would be sent.
        Assert.Equal([8300], wire.Log.Select(packet => packet.Payload.Length).Where(length => length > 0));
    }

    [Fact]
    public void Limit_IsThatOfCopiedBytes()
    {
        TestWire wire = new(new TcpSettings { SendBufferBytes = 16384 });
        (TcpConnection client, _) = wire.Connect();
        TestLender lender = new();
        Assert.Equal(10_000, client.Send(new byte[10_000]));
        Assert.Equal(6384, lender.Send(client, new byte[10_000]));
        Assert.Equal(0, lender.Send(client, new byte[1]));
        Assert.Equal(0, client.Send(new byte[1]));
        Assert.Equal(1, lender.LentCount);
    }

    [Fact]
    public void ConnectionThatCannotSend_TakesNothing()
    {
        TestWire wire = new();
        (TcpConnection client, _) = wire.Connect();
        client.ShutdownSend();
        Assert.Equal(0, client.SendLent(new LentBytes { Lender = new TestLender(), Length = 1 }));
    }

    [Fact]
    public void LossyWire_AnySeed_DeliversEveryByteAndReturnsEveryPiece() => RunAll(0, 30);

    [Fact]
    [Trait("Speed", "Slow")]
    public void LossyWire_ManySeeds_DeliverEveryByteAndReturnEveryPiece() => RunAll(30, 400);

    private static void RunAll(int first, int end)
    {
        for (int seed = first; seed < end; seed++)
        {
            string? wrong = Run(seed);
            Assert.True(wrong is null, $"seed {seed}: {wrong}");
        }
    }

    private static string? Run(int seed)
    {
        Random random = new(seed);
        TestWire wire = new(new TcpSettings { SendBufferBytes = 4096 << random.Next(9) });
        wire.Fate = new EvilFate(random)
        {
            Loss = random.NextDouble() * 0.1,
            Duplication = random.NextDouble() * 0.1,
            Reordering = random.NextDouble() * 0.3,
            DelayNs = (ulong)random.NextInt64(10_000, 50_000_000),
            JitterNs = (ulong)random.NextInt64(1, 40_000_000),
        }.Of;
        wire.Segments = true;
        wire.LinkRoom = random.Next(3) == 0 ? random.Next(1, 5) : -1;
        wire.Left.Ip.IsSegmentationOffloaded = random.Next(2) == 0;
        (TcpConnection client, TcpConnection server) = wire.Connect();
        if (server is null)
        {
            return null;
        }

        client.NoDelay = random.Next(2) == 0;
        Pump pump = new(client, server, random.Next(400_000)) { ShutsDown = true, Lending = random };
        bool isDone = wire.RunUntil(() => pump.Step() || client.Error != NetError.None, 2000 * TestWire.Second);
        if (!isDone || !pump.IsDone || pump.IsWrong)
        {
            return $"{pump.Received} of {pump.Sent} bytes, {client.State} {client.Error}";
        }

        server.Release();
        client.Release();
        wire.Run(600 * TestWire.Second);
        return pump.Lender.LentCount == 0 && wire.Left.Buffers.RentedBytes == 0 ? null : "something is left behind";
    }
}
