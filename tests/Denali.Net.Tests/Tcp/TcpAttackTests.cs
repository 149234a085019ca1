// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>Segments that somebody else made up, or that are old: RFC 5961, 7323 section 5, 5927, 6528, 4987.</summary>
public sealed class TcpAttackTests
{
    private const TcpFlags Ack = TcpFlags.Ack;
    private const TcpFlags Syn = TcpFlags.Syn;
    private const TcpFlags Rst = TcpFlags.Rst;
    private const ulong Second = ScriptedPeer.Second;

    private static byte[] AllOptions =>
        [.. ScriptedPeer.Mss(1400), .. ScriptedPeer.Scale(5), .. ScriptedPeer.SackPermitted()];

    [Theory]
    [InlineData(2U)]
    [InlineData(60_000U)]
    public void Established_ResetInsideTheWindow_IsChallenged(uint sequence)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Rst, sequence, 0);
        peer.ExpectAck(1, 1);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Theory]
    [InlineData(0U)]
    [InlineData(70_000U)]
    public void Established_ResetOutsideTheWindow_IsIgnored(uint sequence)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Rst, sequence, 0);
        peer.ExpectNothing();
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Theory]
    [InlineData(1U)]
    [InlineData(500U)]
    public void Established_Syn_IsChallenged(uint sequence)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Syn, sequence, 0);
        peer.ExpectAck(1, 1);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Theory]
    [InlineData(2U)]
    [InlineData(0x8000_0000U)]
    [InlineData(0xFFFE_0000U)]
    public void Established_AckThatCannotBe_IsChallengedAndItsDataDropped(uint acknowledgment)
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1, acknowledgment, length: 10);
        peer.ExpectAck(1, 1);
        Assert.Equal(0, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void Challenges_AreLimitedPerSecond()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(settings: new TcpSettings { ChallengeAcksPerSecond = 10 });
        int sent = 0;
        for (int i = 0; i < 100; i++)
        {
            peer.Send(Rst, 2, 0);
            sent += peer.Waiting;
            peer.Drop();
        }

        Assert.InRange(sent, 5, 15);
        peer.Wait(Second);
        peer.Send(Rst, 2, 0);
        peer.ExpectAck(1, 1);
    }

    [Fact]
    public void Established_UnacceptablePureAcks_AreAnsweredSeldom()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 0, 1);
        peer.ExpectAck(1, 1);
        peer.Send(Ack, 0, 1);
        peer.ExpectNothing();
        peer.Wait(Second);
        peer.Send(Ack, 0, 1);
        peer.ExpectAck(1, 1);
    }

    [Fact]
    public void Paws_OldTimestamp_IsDroppedAndAnswered()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(AllOptions, timestamp: 5000);
        peer.Send(Ack, 1, 1, length: 10);
        peer.Timestamp = 4999;
        peer.Send(Ack, 11, 1, length: 10);
        peer.ExpectAck(1, 11);
        Assert.Equal(10, peer.Connection.ReadableBytes);
        Assert.Equal(1UL, peer.Host.Tcp.Statistics.PawsDrops);
        peer.Send(Rst, 11, 0);
        Assert.Equal(NetError.Reset, peer.Connection.Error);
    }

    [Fact]
    public void Paws_OldTimestampAfterALongSilence_IsTaken()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(AllOptions, timestamp: 5000);
        peer.Wait(25UL * 24 * 3600 * Second);
        peer.Timestamp = 4999;
        peer.Send(Ack, 1, 1, length: 10);
        Assert.Equal(10, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void Timestamps_AgreedOn_AreInEverySegmentAndEchoTheEarliestUnacknowledged()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(AllOptions, timestamp: 5000);
        peer.Timestamp = 6000;
        peer.Send(Ack, 1, 1, length: 10);
        peer.Timestamp = 7000;
        peer.Send(Ack, 11, 1, length: 10);
        peer.Wait(Second);
        TestPacket packet = peer.Expect(Ack, 1, 0, 21);
        Assert.Equal(6000U, packet.Options.TimestampEcho);
        peer.Timestamp = null;
        peer.Send(Ack, 21, 1, length: 10);
        Assert.Equal(20, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void Checksum_Wrong_IsDropped()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        byte[] segment = new byte[30];
        new TcpHeader { SourcePort = 5555, DestinationPort = 80, HeaderBytes = 20 }.Write(segment);
        TestPacket packet = new TestPacket
        {
            Source = peer.Remote.Address,
            Destination = peer.Local.Address,
            Segment = segment,
        }.Sealed();
        segment[25] ^= 1;
        peer.Host.Receive(packet, peer.NowNs);
        Assert.Equal(1UL, peer.Host.Tcp.Statistics.BadChecksums);
    }

    [Fact]
    public void Multicast_AnySegment_IsIgnored()
    {
        ScriptedPeer peer = new();
        peer.Local = new IpEndpoint(IpAddress.FromIpv4(0xE0000001), 80);
        peer.Send(Syn, 0, 0);
        peer.ExpectNothing();
    }

    [Fact]
    public void PathError_Hard_EndsOnlyAConnectionThatIsBeingOpened()
    {
        ScriptedPeer peer = new();
        TestPacket syn = peer.Connect();
        byte[] quoted = syn.Segment[..8];
        quoted[7] ^= 0x55;
        peer.Host.Tcp.ReceiveError(
            TcpPathError.Hard, peer.Local.Address, peer.Remote.Address, quoted, peer.NowNs);
        Assert.Equal(TcpState.SynSent, peer.Connection.State);
        peer.Host.Tcp.ReceiveError(
            TcpPathError.Hard, peer.Local.Address, peer.Remote.Address, syn.Segment, peer.NowNs);
        Assert.Equal(NetError.Refused, peer.Connection.Error);

        ScriptedPeer other = ScriptedPeer.Accepted();
        other.Connection.Send(new byte[10]);
        other.Poll();
        other.Host.Tcp.ReceiveError(
            TcpPathError.Hard, other.Local.Address, other.Remote.Address, other.Take().Segment, other.NowNs);
        Assert.Equal(TcpState.Established, other.Connection.State);
        other.Connection.UserTimeoutNs = 5 * Second;
        other.Wait(30 * Second);
        Assert.Equal(NetError.Unreachable, other.Connection.Error);
    }

    [Fact]
    public void InitialSequence_DiffersByEndpointsAndFollowsTheClock()
    {
        ScriptedPeer peer = new();
        peer.Connect();
        uint first = peer.HostIss;
        peer.Connection.Abort();
        peer.Connection.Release();
        peer.Wait(Second);
        peer.Connect();
        Assert.Equal((uint)(Second >> 12), peer.HostIss - first, 2.0);
        peer.Connection.Abort();
        peer.Remote = new IpEndpoint(peer.Remote.Address, 5556);
        peer.Connect();
        Assert.NotInRange(peer.HostIss - first, 0U, 1_000_000U);
    }

    [Fact]
    public void SynQueueFull_Cookies_CarryTheConnection()
    {
        ScriptedPeer peer = new(new TcpSettings { SynQueueMax = 2 }) { Timestamp = 77 };
        peer.Listen();
        Flood(peer, 5);
        Assert.Equal(2, peer.Listener!.SynQueueCount);
        Assert.Equal(3UL, peer.Host.Tcp.Statistics.CookiesSent);

        peer.Remote = new IpEndpoint(peer.Remote.Address, 9999);
        peer.Send(Syn, 0, 0, options: AllOptions, window: 1000);
        TestPacket answer = peer.ExpectSyn(Syn | Ack);
        Assert.True(answer.Options.IsSackPermitted && answer.Options.WindowScale == 7);
        Assert.Equal(2, peer.Host.Tcp.ConnectionCount);
        peer.Send(Ack, 1, 1, length: 10, window: 1000);
        TcpConnection connection = peer.GetConnection();
        Assert.Equal(10, connection.ReadableBytes);
        Assert.Equal(32_000U, connection.SendWindow);
        Assert.Equal(1388, connection.SegmentBytes);
        peer.Send(Ack, 100, 1, length: 10);
        Assert.Equal([100U, 110U], ScriptedPeer.SackOf(peer.Take()));
    }

    [Fact]
    public void SynQueueFull_WithoutTimestamps_CookieKeepsTheMss()
    {
        ScriptedPeer peer = new(new TcpSettings { SynQueueMax = 2 });
        peer.Listen();
        Flood(peer, 2);
        peer.Send(Syn, 0, 0, options: AllOptions);
        TestPacket answer = peer.ExpectSyn(Syn | Ack);
        Assert.False(answer.Options.IsSackPermitted);
        Assert.Equal(-1, answer.Options.WindowScale);
        peer.Send(Ack, 1, 1);
        Assert.Equal(1400, peer.GetConnection().SegmentBytes);
    }

    [Fact]
    public void Cookie_ForgedOrOldOrUnasked_IsReset()
    {
        ScriptedPeer peer = new(new TcpSettings { SynQueueMax = 1 });
        peer.Listen();
        peer.Send(Ack, 1, 1);
        peer.Expect(Rst, 1, 0, 0);
        Flood(peer, 1);
        peer.Send(Syn, 0, 0, options: AllOptions);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Ack, 1, 2);
        peer.Expect(Rst, 2, 0, 0);
        peer.Send(Ack, 2, 1);
        peer.Expect(Rst, 1, 0, 0);
        peer.Wait(200 * Second);
        peer.Drop();
        peer.Send(Ack, 1, 1);
        peer.Expect(Rst, 1, 0, 0);
        Assert.Equal(0UL, peer.Host.Tcp.Statistics.CookiesAccepted);
    }

    [Fact]
    public void Cookie_OfFourMinutesAgo_IsReset()
    {
        ScriptedPeer peer = new(new TcpSettings { SynQueueMax = 1 });
        peer.Listen();
        Flood(peer, 1);
        peer.Send(Syn, 0, 0, options: AllOptions);
        peer.ExpectSyn(Syn | Ack);
        uint cookie = peer.HostIss;
        IpEndpoint remote = peer.Remote;
        for (int i = 0; i < 5; i++)
        {
            peer.Wait(50 * Second);
            peer.Drop();
            Flood(peer, 2);
        }

        peer.Remote = remote;
        peer.HostIss = cookie;
        peer.Send(Ack, 1, 1);
        peer.Expect(Rst, 1, 0, 0);
    }

    [Fact]
    public void Garbage_AnyBytes_NeverThrow()
    {
        Random random = new(5);
        ScriptedPeer peer = ScriptedPeer.Accepted(AllOptions, timestamp: 1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] segment = new byte[random.Next(90)];
            random.NextBytes(segment);
            if (segment.Length >= 20)
            {
                new TcpHeader
                {
                    SourcePort = 5555,
                    DestinationPort = 80,
                    Sequence = ScriptedPeer.Iss + (uint)random.Next(-5, 3000),
                    Acknowledgment = peer.HostIss + (uint)random.Next(-5, 3000),
                    HeaderBytes = random.Next(5, 16) * 4,
                    Flags = (TcpFlags)(random.Next(256) & (random.Next(100) == 0 ? 0xFF : ~(int)Rst)),
                    Window = (ushort)random.Next(65536),
                }.Write(segment);
            }

            if (segment.Length < 20)
            {
                peer.Host.Receive(
                    new TestPacket
                    {
                        Source = peer.Remote.Address,
                        Destination = peer.Local.Address,
                        Segment = segment,
                        IsTrusted = true,
                    },
                    peer.NowNs);
            }
            else
            {
                peer.Inject(segment);
            }

            if (random.Next(10) == 0)
            {
                peer.Connection.Send(segment);
                peer.Wait((ulong)random.Next(300) * ScriptedPeer.Millisecond);
            }

            peer.Drop();
        }

        Assert.True(peer.Host.Tcp.Statistics.BadHeaders > 0);
        Assert.InRange(peer.Host.Tcp.ConnectionCount, 0, 2);
    }

    private static void Flood(ScriptedPeer peer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            peer.Remote = new IpEndpoint(peer.Remote.Address, (ushort)(6000 + i));
            peer.Send(Syn, 0, 0);
            peer.ExpectSyn(Syn | Ack);
        }

        peer.Remote = new IpEndpoint(peer.Remote.Address, 7777);
    }
}
