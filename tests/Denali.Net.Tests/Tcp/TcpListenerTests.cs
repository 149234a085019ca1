// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>Listeners, their queues, their verdicts, and the events of connections.</summary>
public sealed class TcpListenerTests
{
    private const TcpFlags Ack = TcpFlags.Ack;
    private const TcpFlags Syn = TcpFlags.Syn;
    private const TcpFlags Rst = TcpFlags.Rst;
    private const ulong Second = ScriptedPeer.Second;

    [Fact]
    public void Backlog_Full_LetsThePeerTryAgain()
    {
        ScriptedPeer peer = new();
        peer.Listen(backlog: 1);
        ScriptedPeerHandshake(peer, 1001);
        peer.Remote = new IpEndpoint(peer.Remote.Address, 1002);
        peer.Send(Syn, 0, 0);
        peer.ExpectNothing();
        peer.Listener!.Accept();
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
    }

    [Fact]
    public void Backlog_FullAtTheLastAck_TheHandshakeIsFinishedLater()
    {
        ScriptedPeer peer = new();
        peer.Listen(backlog: 1);
        peer.Remote = new IpEndpoint(peer.Remote.Address, 1002);
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        uint iss = peer.HostIss;
        ScriptedPeerHandshake(peer, 1001);
        peer.Remote = new IpEndpoint(peer.Remote.Address, 1002);
        peer.HostIss = iss;
        peer.Send(Ack, 1, 1);
        Assert.Equal(1, peer.Listener!.PendingCount);
        peer.Listener.Accept();
        peer.WaitForOutput(10 * Second);
        peer.Expect(Syn | Ack, 0, 0, 1);
        peer.Send(Ack, 1, 1);
        Assert.Equal(1, peer.Listener.PendingCount);
    }

    [Fact]
    public void Close_ResetsWhatNobodyAccepted()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        ScriptedPeerHandshake(peer, 1001);
        peer.Remote = new IpEndpoint(peer.Remote.Address, 1002);
        peer.Send(Syn, 0, 0);
        peer.Take();
        peer.Listener!.Close();
        peer.Expect(Rst | Ack, 1, 0, 1);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
        peer.Send(Syn, 0, 0);
        peer.Expect(Rst | Ack, unchecked(0 - peer.HostIss), 0, 1);
    }

    [Fact]
    public void Listen_SameEndpointTwice_IsInUse()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        Assert.Null(peer.Host.Tcp.Listen(peer.Local, 1, out NetError error));
        Assert.Equal(NetError.AddressInUse, error);
        peer.Listener!.Close();
        Assert.NotNull(peer.Host.Tcp.Listen(peer.Local, 1, out _));
    }

    [Fact]
    public void Listeners_TheMostSpecificTakesTheSyn()
    {
        ScriptedPeer peer = new();
        TcpListener all = peer.Host.Tcp.ListenToAll(8, out _)!;
        TcpListener both = peer.Host.Tcp.Listen(new IpEndpoint(default, 80), 8, out _)!;
        TcpListener ipv4 = peer.Host.Tcp.Listen(new IpEndpoint(IpAddress.Ipv4Any, 80), 8, out _)!;
        peer.Listen();
        foreach (TcpListener listener in new[] { peer.Listener!, ipv4, both, all })
        {
            ScriptedPeerHandshake(peer, 1001);
            Assert.Equal(1, listener.PendingCount);
            listener.Close();
            peer.Drop();
        }
    }

    [Fact]
    public void Listener_Ipv6Only_LeavesIpv4ToOthers()
    {
        ScriptedPeer peer = new();
        TcpListener ipv6 = peer.Host.Tcp.Listen(new IpEndpoint(default, 80), 8, out _, isIpv6Only: true)!;
        peer.Send(Syn, 0, 0);
        Assert.Equal(Rst | Ack, peer.Take().Flags);
        TcpListener ipv4 = peer.Host.Tcp.Listen(new IpEndpoint(IpAddress.Ipv4Any, 80), 8, out _)!;
        ScriptedPeerHandshake(peer, 1001);
        Assert.Equal((1, 0), (ipv4.PendingCount, ipv6.PendingCount));

        peer.Local = new IpEndpoint(new IpAddress(0xFD00_0000_0000_0000, 1), 80);
        peer.Remote = new IpEndpoint(new IpAddress(0xFD00_0000_0000_0000, 2), 1001);
        ScriptedPeerHandshake(peer, 1001);
        Assert.Equal((1, 1), (ipv4.PendingCount, ipv6.PendingCount));
    }

    [Fact]
    public void Listen_PortZero_TakesAFreePort()
    {
        ScriptedPeer peer = new(new TcpSettings { EphemeralPortFirst = 40_000, EphemeralPortLast = 40_002 });
        Assert.NotNull(peer.Host.Tcp.Listen(new IpEndpoint(default, 40_001), 8, out _));
        TcpListener first = peer.Host.Tcp.Listen(new IpEndpoint(default, 0), 8, out _)!;
        TcpListener second = peer.Host.Tcp.Listen(new IpEndpoint(IpAddress.Ipv4Any, 0), 8, out _)!;
        Assert.Equal(80_002, first.Local.Port + second.Local.Port);
        Assert.NotEqual(first.Local.Port, second.Local.Port);
        peer.Local = new IpEndpoint(peer.Local.Address, first.Local.Port);
        ScriptedPeerHandshake(peer, 1001);
        Assert.Equal(1, first.PendingCount);

        Assert.Null(peer.Host.Tcp.Listen(new IpEndpoint(default, 0), 8, out NetError error));
        Assert.Equal(NetError.AddressInUse, error);
        first.Close();
        Assert.NotNull(peer.Host.Tcp.Listen(new IpEndpoint(default, 0), 8, out _));
    }

    [Fact]
    public void ListenToAll_AcceptedConnection_KnowsWhatWasDialled()
    {
        ScriptedPeer peer = new();
        TcpListener all = peer.Host.Tcp.ListenToAll(8, out _)!;
        peer.Local = new IpEndpoint(IpAddress.FromIpv4(0x08080808), 443);
        ScriptedPeerHandshake(peer, 1001);
        TcpConnection connection = all.Accept()!;
        Assert.Equal(peer.Local, connection.Local);
        connection.Send("x"u8);
        peer.Poll();
        Assert.Equal(peer.Local.Address, peer.Expect(Ack, 1, 1, 1).Source);
    }

    [Fact]
    public void Verdict_Refuse_ResetsAndIgnoreIsSilent()
    {
        EventLog log = new();
        ScriptedPeer peer = Gateway(log);
        log.Verdict = _ => TcpSynVerdict.Refuse;
        peer.Send(Syn, 0, 0);
        TestPacket reset = peer.Take();
        Assert.Equal(Rst | Ack, reset.Flags);
        Assert.Equal(1U, reset.Header.Acknowledgment - ScriptedPeer.Iss);
        log.Verdict = _ => TcpSynVerdict.Ignore;
        peer.Send(Syn, 0, 0);
        peer.ExpectNothing();
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
    }

    [Fact]
    public void Verdict_Hold_AnswersWhenToldAndConnects()
    {
        EventLog log = new() { Verdict = _ => TcpSynVerdict.Hold };
        ScriptedPeer peer = Gateway(log);
        peer.Send(Syn, 0, 0);
        peer.Send(Syn, 0, 0);
        peer.Wait(5 * Second);
        peer.ExpectNothing();
        log.Held!.Events = log;
        log.Held.Proceed();
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Ack, 1, 1);
        Assert.Equal(["connected"], log.Names);
        Assert.Equal(TcpState.Established, log.Held.State);
        Assert.Equal(0, peer.Listener!.PendingCount + peer.Listener.SynQueueCount);
    }

    [Fact]
    public void Verdict_Hold_AbortResetsThePeer()
    {
        EventLog log = new() { Verdict = _ => TcpSynVerdict.Hold };
        ScriptedPeer peer = Gateway(log);
        peer.Send(Syn, 0, 0);
        log.Held!.Abort();
        log.Held.Release();
        Assert.Equal(Rst | Ack, peer.Take().Flags);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount + peer.Listener!.SynQueueCount);
    }

    [Fact]
    public void Verdict_Hold_TellsIfThePeerGivesUp()
    {
        EventLog log = new() { Verdict = _ => TcpSynVerdict.Hold };
        ScriptedPeer peer = Gateway(log);
        peer.Send(Syn, 0, 0);
        log.Held!.Events = log;
        peer.Send(Rst, 1, 0);
        Assert.Equal(["closed Reset"], log.Names);
        log.Held.Release();
        Assert.Equal(0, peer.Listener!.SynQueueCount);
    }

    [Fact]
    public void Events_OfATransfer_AreEdges()
    {
        EventLog log = new();
        ScriptedPeer peer = new();
        peer.Connect();
        peer.Connection.Events = log;
        peer.Connection.SendBufferBytes = 4096;
        peer.Send(Syn | Ack, 0, 1, options: ScriptedPeer.Mss(1000));
        Assert.Equal(4096, peer.Connection.Send(new byte[5000]));
        Assert.Equal(0, peer.Connection.Send(new byte[1]));
        peer.Poll();
        peer.Send(Ack, 1, 1001);
        Assert.Equal(["connected"], log.Names);
        peer.Send(Ack, 1, 3001);
        peer.Send(Ack, 1, 4097);
        peer.Send(Ack, 1, 4097, length: 5);
        peer.Send(Rst, 6, 0);
        Assert.Equal(["connected", "writable", "readable", "closed Reset"], log.Names);
    }

    [Fact]
    public void Release_InsideOnClosed_GivesTheObjectBackOnce()
    {
        EventLog log = new() { Closed = connection => connection.Release() };
        ScriptedPeer peer = ScriptedPeer.Accepted();
        TcpConnection old = peer.Connection;
        old.Events = log;
        peer.Send(Ack, 1, 1, length: 5);
        peer.Send(Rst, 6, 0);
        Assert.Equal(0, peer.Host.Buffers.RentedBytes);
        peer.Drop();
        peer.Connect();
        Assert.Same(old, peer.Connection);
        TcpConnection? other = peer.Host.Tcp.Connect(default, peer.Remote, out _);
        Assert.NotSame(old, other);
    }

    [Fact]
    public void Connect_BadTargets_AreRefused()
    {
        ScriptedPeer peer = new();
        TcpLayer tcp = peer.Host.Tcp;
        Assert.Null(tcp.Connect(default, new IpEndpoint(peer.Remote.Address, 0), out NetError error));
        Assert.Equal(NetError.AddressInvalid, error);
        Assert.Null(tcp.Connect(default, new IpEndpoint(IpAddress.FromIpv4(0xE0000001), 1), out error));
        Assert.Equal(NetError.AddressInvalid, error);
        Assert.Null(tcp.Connect(default, new IpEndpoint(new IpAddress(1, 1), 1), out error));
        Assert.Equal(NetError.Unreachable, error);
        IpEndpoint local = new(peer.Local.Address, 999);
        Assert.NotNull(tcp.Connect(local, peer.Remote, out _));
        Assert.Null(tcp.Connect(local, peer.Remote, out error));
        Assert.Equal(NetError.AddressInUse, error);
    }

    [Fact]
    public void Connect_EphemeralPorts_AreInRangeAndDiffer()
    {
        TcpSettings settings = new() { EphemeralPortFirst = 50_000, EphemeralPortLast = 50_009 };
        ScriptedPeer peer = new(settings);
        int seen = 0;
        for (int i = 0; i < 10; i++)
        {
            TcpConnection connection = peer.Host.Tcp.Connect(default, peer.Remote, out _)!;
            seen |= 1 << (connection.Local.Port - 50_000);
        }

        Assert.Equal(0x3FF, seen);
        Assert.Null(peer.Host.Tcp.Connect(default, peer.Remote, out NetError error));
        Assert.Equal(NetError.AddressInUse, error);
    }

    [Fact]
    public void Connect_NoRoute_IsUnreachable()
    {
        ScriptedPeer peer = new();
        TcpConnection connection = peer.Host.Tcp.Connect(default, peer.Remote, out _)!;
        peer.Host.Ip.Result = IpSendResult.Unreachable;
        peer.Poll();
        Assert.Equal(NetError.Unreachable, connection.Error);
    }

    private static ScriptedPeer Gateway(EventLog log)
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Listener!.Events = log;
        peer.Listener.DecidesPerSyn = true;
        return peer;
    }

    private static void ScriptedPeerHandshake(ScriptedPeer peer, ushort port)
    {
        peer.Remote = new IpEndpoint(peer.Remote.Address, port);
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Ack, 1, 1);
    }
}
