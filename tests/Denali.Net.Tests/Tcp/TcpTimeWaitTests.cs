// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>TIME-WAIT: RFC 9293 section 3.4.2, RFC 6191, RFC 1337.</summary>
public sealed class TcpTimeWaitTests
{
    private const TcpFlags Ack = TcpFlags.Ack;
    private const TcpFlags Syn = TcpFlags.Syn;
    private const TcpFlags Fin = TcpFlags.Fin;
    private const TcpFlags Rst = TcpFlags.Rst;
    private const ulong Second = ScriptedPeer.Second;

    [Fact]
    public void TimeWait_LastsTwoSegmentLifetimes()
    {
        ScriptedPeer peer = Waiting();
        peer.Wait(29 * Second);
        Assert.Equal(1, peer.Host.Tcp.TimeWaitCount);
        peer.Wait(2 * Second);
        Assert.Equal(0, peer.Host.Tcp.TimeWaitCount);
        peer.Send(Ack, 2, 2);
        peer.Expect(Rst, 2, 0, 0);
    }

    [Fact]
    public void TimeWait_FinAgain_IsAcknowledgedAndStartsAnew()
    {
        ScriptedPeer peer = Waiting();
        peer.Wait(29 * Second);
        peer.Send(Fin | Ack, 1, 2);
        peer.ExpectAck(2, 2);
        peer.Wait(29 * Second);
        Assert.Equal(1, peer.Host.Tcp.TimeWaitCount);
    }

    [Fact]
    public void TimeWait_Reset_IsIgnored()
    {
        ScriptedPeer peer = Waiting();
        peer.Send(Rst, 2, 0);
        Assert.Equal(1, peer.Host.Tcp.TimeWaitCount);
        peer.ExpectNothing();
    }

    [Fact]
    public void TimeWait_LastAckAgain_IsNotAnswered()
    {
        ScriptedPeer peer = Waiting();
        peer.Send(Ack, 2, 2);
        peer.ExpectNothing();
        peer.Send(Ack, 500, 2);
        peer.ExpectAck(2, 2);
    }

    [Fact]
    public void TimeWait_NewSyn_TakesItsPlaceWithAHigherSequence()
    {
        ScriptedPeer peer = Waiting();
        uint last = peer.HostIss + 2;
        peer.Send(Syn, 1000, 0);
        TestPacket answer = peer.Take();
        Assert.Equal(Syn | Ack, answer.Flags);
        Assert.InRange(answer.Header.Sequence - last, 1U, 0x4000_0000U);
        Assert.Equal(0, peer.Host.Tcp.TimeWaitCount);
        Assert.Equal(1UL, peer.Host.Tcp.Statistics.TimeWaitsReused);
    }

    [Fact]
    public void TimeWait_OldSyn_IsAcknowledgedOnly()
    {
        ScriptedPeer peer = Waiting();
        peer.Send(Syn, 0, 0);
        peer.ExpectAck(2, 2);
        Assert.Equal(1, peer.Host.Tcp.TimeWaitCount);
    }

    [Theory]
    [InlineData(5001U, true)]
    [InlineData(4999U, false)]
    public void TimeWait_SynWithTimestamp_IsJudgedByIt(uint timestamp, bool isNew)
    {
        ScriptedPeer peer = Waiting(5000);
        peer.Timestamp = timestamp;
        peer.Send(Syn, isNew ? unchecked(0U - 100_000) : 100_000, 0);
        Assert.Equal(isNew ? Syn | Ack : Ack, peer.Take().Flags);
    }

    [Fact]
    public void TimeWait_SamePair_CannotBeDialledMeanwhile()
    {
        ScriptedPeer peer = Waiting();
        Assert.Null(peer.Host.Tcp.Connect(peer.Local, peer.Remote, out NetError error));
        Assert.Equal(NetError.AddressInUse, error);
        peer.Wait(31 * Second);
        Assert.NotNull(peer.Host.Tcp.Connect(peer.Local, peer.Remote, out _));
    }

    [Fact]
    public void TimeWait_TooMany_EndAtOnce()
    {
        ScriptedPeer peer = new(new TcpSettings { TimeWaitMax = 3 });
        peer.Listen(100);
        for (ushort port = 1; port <= 5; port++)
        {
            peer.Remote = new IpEndpoint(peer.Remote.Address, port);
            Finish(peer, null);
        }

        Assert.Equal(3, peer.Host.Tcp.TimeWaitCount);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
        peer.Wait(31 * Second);
        Assert.Equal(0, peer.Host.Tcp.TimeWaitCount);
    }

    [Fact]
    public void TimeWait_Thousands_AreFoundAndExpireInOrder()
    {
        ScriptedPeer peer = new();
        peer.Listen(100);
        for (ushort port = 1; port <= 2000; port++)
        {
            peer.Remote = new IpEndpoint(peer.Remote.Address, port);
            Finish(peer, null);
            peer.Wait(ScriptedPeer.Millisecond);
            peer.Drop();
        }

        Assert.Equal(2000, peer.Host.Tcp.TimeWaitCount);
        peer.Send(Fin | Ack, 1, 2);
        peer.ExpectAck(2, 2);
        peer.Wait(29 * Second);
        Assert.InRange(peer.Host.Tcp.TimeWaitCount, 900, 1100);
    }

    private static ScriptedPeer Waiting(uint? timestamp = null)
    {
        ScriptedPeer peer = new();
        peer.Listen();
        Finish(peer, timestamp);
        Assert.Equal(1, peer.Host.Tcp.TimeWaitCount);
        return peer;
    }

    private static void Finish(ScriptedPeer peer, uint? timestamp)
    {
        peer.Timestamp = timestamp;
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Ack, 1, 1);
        peer.GetConnection().Release();
        peer.Poll();
        peer.Expect(Fin | Ack, 1, 0, 1);
        peer.Send(Fin | Ack, 1, 2);
        peer.ExpectAck(2, 2);
    }
}
