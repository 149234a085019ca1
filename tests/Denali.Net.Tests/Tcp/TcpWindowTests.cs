// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>Windows, acknowledgments and small segments: RFC 9293 sections 3.7 and 3.8, RFC 7323 section 2.</summary>
public sealed class TcpWindowTests
{
    private const TcpFlags Ack = TcpFlags.Ack;
    private const TcpFlags Fin = TcpFlags.Fin;
    private const ulong Millisecond = ScriptedPeer.Millisecond;
    private const ulong Second = ScriptedPeer.Second;

    [Fact]
    public void DelayedAck_OneSmallSegment_IsAcknowledgedAfterTheDelay()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1, 1, length: 100);
        peer.ExpectNothing();
        Assert.Equal(40 * Millisecond, peer.WaitForOutput(Second));
        peer.ExpectAck(1, 101);
    }

    [Fact]
    public void DelayedAck_TwoFullSegments_AreAcknowledgedAtOnce()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1, 1, length: 1000);
        peer.ExpectNothing();
        peer.Send(Ack, 1001, 1, length: 1000);
        peer.ExpectAck(1, 2001);
    }

    [Fact]
    public void DelayedAck_DataGoingOut_CarriesIt()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1, 1, length: 100);
        peer.Connection.Send(new byte[5]);
        peer.Poll();
        peer.Expect(Ack, 1, 5, 101);
        peer.Wait(100 * Millisecond);
        peer.ExpectNothing();
    }

    [Fact]
    public void Acks_ManySegmentsBeforeAPoll_BecomeOne()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        for (uint i = 0; i < 8; i++)
        {
            peer.Send(Ack, 1 + (i * 1000), 1, length: 1000, isPolled: false);
        }

        peer.Poll();
        peer.ExpectAck(1, 8001);
        peer.ExpectNothing();
    }

    [Fact]
    public void OutOfOrder_WithoutSack_EachSegmentGetsItsOwnAcknowledgment()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        for (uint i = 1; i <= 4; i++)
        {
            peer.Send(Ack, 1 + (i * 1000), 1, length: 1000, isPolled: false);
        }

        // Data does not count as a duplicate, so it comes behind.
        peer.Connection.Send(new byte[100]);
        peer.Poll();
        for (int i = 0; i < 4; i++)
        {
            peer.ExpectAck(1, 1);
        }

        peer.Expect(Ack, 1, 100, 1);
        peer.ExpectNothing();

        // News, then the duplicates of what came after it.
        peer.Send(Ack, 1, 101, length: 1000, isPolled: false);
        peer.Send(Ack, 7001, 101, length: 1000, isPolled: false);
        peer.Send(Ack, 8001, 101, length: 1000, isPolled: false);
        peer.Poll();
        for (int i = 0; i < 3; i++)
        {
            peer.ExpectAck(101, 5001);
        }

        peer.ExpectNothing();
    }

    [Fact]
    public void OutOfOrder_WithoutSackThenTheGapIsFilled_OneAcknowledgment()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1001, 1, length: 1000, isPolled: false);
        peer.Send(Ack, 2001, 1, length: 1000, isPolled: false);
        peer.Send(Ack, 1, 1, length: 1000, isPolled: false);
        peer.Poll();
        peer.ExpectAck(1, 3001);
        peer.ExpectNothing();
    }

    [Fact]
    public void OutOfOrder_WithoutSackForLong_AcknowledgmentsOfAPollAreBounded()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        for (uint i = 1; i <= 50; i++)
        {
            peer.Send(Ack, 1 + (i * 1000), 1, length: 1000, isPolled: false);
        }

        peer.Poll();
        Assert.Equal(16, peer.Waiting);
    }

    [Fact]
    public void OutOfOrder_IsAcknowledgedAtOnceWithItsBlock()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted([.. ScriptedPeer.Mss(1000), .. ScriptedPeer.SackPermitted()]);
        peer.Send(Ack, 1001, 1, length: 1000);
        TestPacket first = Assert.IsType<TestPacket>(peer.Expect(Ack, 1, 0, 1));
        Assert.Equal([1001U, 2001U], ScriptedPeer.SackOf(first));
        peer.Send(Ack, 3001, 1, length: 1000);
        Assert.Equal([3001U, 4001U, 1001U, 2001U], ScriptedPeer.SackOf(peer.Expect(Ack, 1, 0, 1)));
        peer.Send(Ack, 5001, 1, length: 1000);
        peer.Drop();
        peer.Send(Ack, 2001, 1, length: 500);
        Assert.Equal(
            [1001U, 2501U, 5001U, 6001U, 3001U, 4001U], ScriptedPeer.SackOf(peer.Expect(Ack, 1, 0, 1)));
        peer.Send(Ack, 1, 1, length: 1000);
        Assert.Equal([5001U, 6001U, 3001U, 4001U], ScriptedPeer.SackOf(peer.Expect(Ack, 1, 0, 2501)));
        Assert.Equal(2500, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void OutOfOrder_WithoutSackPermitted_HasNoBlocks()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1001, 1, length: 1000);
        Assert.Empty(ScriptedPeer.SackOf(peer.Expect(Ack, 1, 0, 1)));
    }

    [Fact]
    public void Duplicate_IsReportedOnce()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted([.. ScriptedPeer.Mss(1000), .. ScriptedPeer.SackPermitted()]);
        peer.Send(Ack, 1, 1, length: 1000);
        peer.Send(Ack, 1, 1, length: 1000);
        Assert.Equal([1U, 1001U], ScriptedPeer.SackOf(peer.Expect(Ack, 1, 0, 1001)));
        peer.Send(Ack, 2001, 1, length: 1000);
        Assert.Equal([2001U, 3001U], ScriptedPeer.SackOf(peer.Expect(Ack, 1, 0, 1001)));
        peer.Send(Ack, 2001, 1, length: 1000);
        Assert.Equal([2001U, 3001U, 2001U, 3001U], ScriptedPeer.SackOf(peer.Expect(Ack, 1, 0, 1001)));
    }

    [Fact]
    public void Overlap_OfOldAndNew_TakesTheNew()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1, 1, length: 100, fill: (byte)'a');
        peer.Send(Ack, 51, 1, length: 100, fill: (byte)'b');
        byte[] bytes = new byte[200];
        Assert.Equal(150, peer.Connection.Receive(bytes));
        Assert.Equal([(byte)'a', (byte)'b', 0], [bytes[99], bytes[100], bytes[150]]);
    }

    [Fact]
    public void ReceiveWindow_Full_IsZeroAndOpensWhenRead()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(settings: new TcpSettings { ReceiveBufferBytes = 4096 });
        peer.Send(Ack, 1, 1, length: 4095);
        Assert.Equal(0, peer.Expect(Ack, 1, 0, 4096).Header.Window);

        // A probe into the closed window is refused, and answered.
        peer.Send(Ack, 4096, 1, length: 1);
        Assert.Equal(0, peer.Expect(Ack, 1, 0, 4096).Header.Window);
        peer.Connection.Consume(100);
        peer.Poll();
        peer.ExpectNothing();
        peer.Connection.Consume(1400);
        peer.Poll();
        Assert.Equal(1500, peer.Expect(Ack, 1, 0, 4096).Header.Window);
    }

    [Fact]
    public void ReceiveWindow_RightEdge_NeverMovesBack()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted([.. ScriptedPeer.Mss(1000), .. ScriptedPeer.Scale(0)]);
        uint edge = 0;
        uint at = 1;
        for (int i = 0; i < 60; i++)
        {
            int length = 1 + (i * 37 % 1000);
            peer.Send(Ack, at, 1, length: length);
            at += (uint)length;
            peer.Wait(50 * Millisecond);
            TestPacket packet = peer.Expect(Ack, 1, 0, at);
            uint now = at + ((uint)packet.Header.Window << 7);

            // But for the unit of the field; what was offered beyond is taken all the same.
            Assert.True(now + 127 >= edge, $"{now} after {edge}");
            edge = Math.Max(now, edge);
            peer.Drop();
        }

        peer.Send(Ack, at, 1, length: (int)(edge - at));
        Assert.Equal((int)edge - 1, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void ReceiveWindow_ReadByCrumbs_OpensBySegments()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(settings: new TcpSettings { ReceiveBufferBytes = 4096 });
        peer.Send(Ack, 1, 1, length: 4095);
        peer.Drop();
        for (int i = 0; i < 14; i++)
        {
            peer.Connection.Consume(100);
            peer.Send(Ack, 4096, 1, length: 1);
            Assert.Equal(0, peer.Expect(Ack, 1, 0, 4096).Header.Window);
        }

        peer.Connection.Consume(100);
        peer.Poll();
        Assert.Equal(1500, peer.Expect(Ack, 1, 0, 4096).Header.Window);
    }

    [Fact]
    public void ReceiveWindow_OwnerKeepsUp_GrowsToItsLimit()
    {
        TestWire wire = new();
        (TcpConnection client, TcpConnection server) = wire.Connect();
        Pump pump = new(client, server, 60_000_000);
        Assert.True(wire.RunUntil(pump.Step, 60 * Second));
        Assert.InRange(client.SendWindow, 2_000_000U, 4_300_000U);
    }

    [Fact]
    public void ReceiveWindow_DataBeyondIt_IsCut()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(settings: new TcpSettings { ReceiveBufferBytes = 4096 });
        peer.Send(Ack | Fin, 1, 1, length: 6000);
        Assert.Equal(4095, peer.Connection.ReadableBytes);
        Assert.Equal(TcpState.Established, peer.Connection.State);
        peer.ExpectAck(1, 4096);
    }

    [Fact]
    public void WindowScale_OfBothSides_IsUsed()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted([.. ScriptedPeer.Mss(1000), .. ScriptedPeer.Scale(3)], window: 1000);
        Assert.Equal(8000U, peer.Connection.SendWindow);
        peer.Connection.Send(new byte[20_000]);
        peer.Poll();
        Assert.Equal(8, peer.Waiting);
        Assert.Equal(511, peer.Expect(Ack, 1, 1000, 1).Header.Window);
    }

    [Fact]
    public void WindowScale_AboveFourteen_MeansFourteen()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted([.. ScriptedPeer.Mss(1000), .. ScriptedPeer.Scale(200)], window: 1);
        Assert.Equal(1U << 14, peer.Connection.SendWindow);
    }

    [Fact]
    public void SendWindow_Zero_IsProbedWithBackoffAndNeverGivenUp()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(window: 2000);
        peer.Connection.Send(new byte[5000]);
        peer.Poll();
        peer.Drop();
        peer.Send(Ack, 1, 2001, window: 0);
        peer.ExpectNothing();
        for (ulong expected = 200; expected <= 1600; expected *= 2)
        {
            Assert.Equal(expected * Millisecond, peer.WaitForOutput(10 * Second));
            peer.Expect(Ack, 2001, 1, 1);
            peer.Send(Ack, 1, 2001, window: 0);
            peer.ExpectNothing();
        }

        for (int i = 0; i < 40; i++)
        {
            peer.WaitForOutput(200 * Second);
            peer.Drop();
            peer.Send(Ack, 1, 2001, window: 0);
        }

        peer.Send(Ack, 1, 2001, window: 4000);
        peer.Expect(Ack, 2001, 1, 1);
        peer.Expect(Ack, 2002, 1000, 1);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    public void SendWindow_ZeroAndSilence_TimesOut()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(settings: new TcpSettings { GiveUpNs = 100 * Second });
        peer.Send(Ack, 1, 1, window: 0);
        peer.Connection.Send(new byte[10]);
        peer.Wait(300 * Second);
        Assert.Equal(NetError.TimedOut, peer.Connection.Error);
    }

    [Fact]
    public void SendWindow_ShrinksBehindWhatWasSent_GoesOnWhenItOpens()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Send(new byte[3000]);
        peer.Poll();
        peer.Drop();
        peer.Send(Ack, 1, 1001, window: 0);
        peer.Wait(Second);
        peer.Drop();
        peer.Send(Ack, 1, 1001, window: 5000);
        while (peer.Connection.UnacknowledgedBytes > 0)
        {
            peer.WaitForOutput(10 * Second);
            TestPacket packet = peer.Take();
            uint end = packet.Header.Sequence - peer.HostIss + (uint)packet.Payload.Length;
            peer.Send(Ack, 1, Math.Max(end, 1001), window: 5000);
        }
    }

    [Fact]
    public void SendWindow_SmallerThanASegment_IsNotFilledWithCrumbs()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(window: 4000);
        peer.Connection.Send(new byte[10_000]);
        peer.Poll();
        Assert.Equal(4, peer.Waiting);
        peer.Drop();
        peer.Send(Ack, 1, 4001, window: 500);
        peer.ExpectNothing();
        peer.Send(Ack, 1, 4001, window: 2000);
        peer.Expect(Ack, 4001, 1000, 1);
        peer.Expect(Ack, 5001, 1000, 1);
    }

    [Fact]
    public void SendWindow_StaysSmall_IsUsedAfterTheOverrideTimeout()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(window: 4000);
        peer.Connection.Send(new byte[10_000]);
        peer.Poll();
        peer.Drop();
        peer.Send(Ack, 1, 4001, window: 500);
        Assert.Equal(200 * Millisecond, peer.WaitForOutput(Second));
        peer.Expect(Ack, 4001, 500, 1);
    }

    [Fact]
    public void SendWindow_StaysSmallWhileThePeerSends_IsUsedAllTheSame()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(window: 4000);
        peer.Connection.Send(new byte[10_000]);
        peer.Poll();
        peer.Drop();
        peer.Send(Ack, 1, 4001, window: 500);
        uint at = 1;
        int bytes = 0;
        for (int i = 0; i < 6; i++)
        {
            peer.Wait(50 * Millisecond);
            peer.Send(Ack, at, 4001, length: 100, window: 500);
            at += 100;
            while (peer.Waiting > 0)
            {
                bytes += peer.Take().Payload.Length;
            }
        }

        Assert.InRange(bytes, 500, 1000);
    }

    [Fact]
    public void SendWindow_ClosesBehindWhatWasSent_IsNotGivenUpWhileAnswered()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(settings: new TcpSettings { GiveUpNs = 100 * Second });
        peer.Connection.Send(new byte[3000]);
        peer.Poll();
        peer.Drop();
        for (int i = 0; i < 20; i++)
        {
            peer.Send(Ack, 1, 1, window: 0);
            peer.WaitForOutput(200 * Second);
            peer.Drop();
        }

        Assert.Equal(TcpState.Established, peer.Connection.State);
        peer.Send(Ack, 1, 1, window: 5000);
        peer.Wait(10 * Second);
        Assert.True(peer.Waiting > 0);
    }

    [Fact]
    public void SendWindow_OldSegment_DoesNotUpdateIt()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Send(new byte[3000]);
        peer.Poll();
        peer.Send(Ack, 1, 2001, window: 2000);
        Assert.Equal(2000U, peer.Connection.SendWindow);
        peer.Send(Ack, 1, 1001, window: 9000);
        Assert.Equal(2000U, peer.Connection.SendWindow);
    }

    [Fact]
    public void Nagle_SmallSegmentOutstanding_HoldsTheNext()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Send(new byte[10]);
        peer.Poll();
        peer.Expect(Ack, 1, 10, 1);
        peer.Connection.Send(new byte[20]);
        peer.Poll();
        peer.Connection.Send(new byte[30]);
        peer.Poll();
        peer.ExpectNothing();
        peer.Send(Ack, 1, 11);
        peer.Expect(Ack, 11, 50, 1);
    }

    [Fact]
    public void Nagle_FullSegmentsOutstanding_DoNotHoldTheLastSmallOne()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Send(new byte[2500]);
        peer.Poll();
        Assert.Equal(3, peer.Waiting);
    }

    [Fact]
    public void NoDelay_SmallSegments_GoAtOnce()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.NoDelay = true;
        for (uint i = 0; i < 3; i++)
        {
            peer.Connection.Send(new byte[10]);
            peer.Poll();
            peer.Expect(Ack, 1 + (i * 10), 10, 1);
        }
    }

    [Fact]
    public void Cork_SmallSegment_WaitsForMoreOrForTheEnd()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Cork = true;
        peer.Connection.Send(new byte[700]);
        peer.Poll();
        peer.ExpectNothing();
        peer.Connection.Send(new byte[700]);
        peer.Poll();
        peer.Expect(Ack, 1, 1000, 1);
        peer.ExpectNothing();
        peer.Connection.Cork = false;
        peer.Poll();
        peer.Expect(Ack, 1001, 400, 1);
    }

    [Fact]
    public void Cork_Forgotten_IsOverriddenAfterItsTime()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Cork = true;
        peer.Connection.Send(new byte[700]);
        Assert.Equal(200 * Millisecond, peer.WaitForOutput(Second));
        peer.Expect(Ack, 1, 700, 1);
    }

    [Fact]
    public void KeepAlive_SilentPeer_IsProbedAndGivenUp()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.KeepAliveIdleNs = 10 * Second;
        peer.Connection.KeepAliveIntervalNs = 2 * Second;
        peer.Connection.KeepAliveCount = 3;
        peer.Connection.KeepAlive = true;
        Assert.Equal(10 * Second, peer.WaitForOutput(100 * Second));
        peer.ExpectAck(0, 1);
        Assert.Equal(2 * Second, peer.WaitForOutput(100 * Second));
        peer.ExpectAck(0, 1);
        peer.Send(Ack, 1, 1);
        Assert.Equal(10 * Second, peer.WaitForOutput(100 * Second));
        peer.Wait(10 * Second);
        Assert.Equal(NetError.TimedOut, peer.Connection.Error);
    }

    [Fact]
    public void KeepAlive_ProbeOfThePeer_IsAnswered()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 0, 1);
        peer.ExpectAck(1, 1);
    }

    [Fact]
    public void IdleForLong_WindowRestartsFromTheInitialOne()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        uint acknowledged = 1;
        for (int i = 0; i < 4; i++)
        {
            peer.Connection.Send(new byte[20_000]);
            peer.Poll();
            while (peer.Connection.UnacknowledgedBytes > 0)
            {
                acknowledged += (uint)peer.Take().Payload.Length;
                peer.Send(Ack, 1, acknowledged);
            }
        }

        Assert.True(peer.Connection.CongestionWindow > 20_000);
        peer.Wait(10 * Second);
        peer.Connection.Send(new byte[30_000]);
        peer.Poll();
        Assert.Equal(10, peer.Waiting);
    }

    [Fact]
    public void PathMtu_Lowered_SendsAgainInSmallerSegments()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(ScriptedPeer.Mss(1460));
        peer.Connection.Send(new byte[2920]);
        peer.Poll();
        TestPacket first = peer.Expect(Ack, 1, 1460, 1);
        peer.Drop();
        uint window = peer.Connection.CongestionWindow;
        peer.Host.Ip.PathMtus[peer.Remote.Address] = 1000;
        peer.Host.Tcp.ReceiveError(
            TcpPathError.TooLarge, peer.Local.Address, peer.Remote.Address, first.Segment.AsSpan(0, 8), peer.NowNs);
        peer.Poll();
        peer.Expect(Ack, 1, 960, 1);
        peer.Expect(Ack, 961, 960, 1);
        peer.Expect(Ack, 1921, 960, 1);
        peer.Expect(Ack, 2881, 40, 1);
        Assert.Equal(window, peer.Connection.CongestionWindow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PathMtu_LowerThanThought_CutsWhatDidNotGoOut(bool isOffloaded)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(ScriptedPeer.Mss(1460), isOffloaded: isOffloaded);
        peer.Host.Ip.PathMtus[peer.Remote.Address] = 1000;
        peer.Connection.Send(new byte[2000]);
        peer.Poll();
        int bytes = 0;
        while (peer.Waiting > 0)
        {
            bytes += peer.Expect(Ack, 1 + (uint)bytes, isOffloaded ? 2000 : Math.Min(960, 2000 - bytes), 1)
                .Payload.Length;
        }

        Assert.Equal(2000, bytes);
        Assert.Equal(960, peer.Connection.SegmentBytes);
    }

    [Fact]
    public void LinkFull_OutputWaitsAndGoesOn()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Host.Ip.RoomLeft = 2;
        peer.Connection.Send(new byte[4000]);
        peer.Poll();
        peer.Expect(Ack, 1, 1000, 1);
        peer.Expect(Ack, 1001, 1000, 1);
        peer.ExpectNothing();
        peer.Host.Ip.RoomLeft = -1;
        peer.Poll();
        peer.Expect(Ack, 2001, 1000, 1);
        peer.Expect(Ack, 3001, 1000, 1);
    }
}
