// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>A host that finds itself to be a copy of another one, with an address of its own.</summary>
public sealed class TcpRenewTests
{
    [Fact]
    public void Renew_Connections_EndWithoutAWord()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();

        peer.Host.Tcp.Renew();
        peer.Poll();

        Assert.Equal(NetError.Reset, peer.Connection.Error);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
        peer.ExpectNothing();
    }

    [Fact]
    public void Renew_Listener_TakesConnectionsWithOtherSequenceNumbers()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        uint before = AnswerToSyn(peer);

        peer.Host.Tcp.Renew();

        // No time has passed: with the same secret it would be the same number.
        Assert.NotEqual(before, AnswerToSyn(peer));
        Assert.Equal(1, peer.Host.Tcp.ConnectionCount);
    }

    [Fact]
    public void Renew_TimeWait_IsForgotten()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Close();
        peer.Poll();
        peer.Expect(TcpFlags.Fin | TcpFlags.Ack, 1, 0, 1);
        peer.Send(TcpFlags.Fin | TcpFlags.Ack, 1, 2);
        Assert.Equal(1, peer.Host.Tcp.TimeWaitCount);

        peer.Host.Tcp.Renew();

        Assert.Equal(0, peer.Host.Tcp.TimeWaitCount);
    }

    private static uint AnswerToSyn(ScriptedPeer peer)
    {
        peer.Send(TcpFlags.Syn, 0, 0, options: ScriptedPeer.Mss(1000));
        peer.ExpectSyn(TcpFlags.Syn | TcpFlags.Ack);
        return peer.HostIss;
    }
}
