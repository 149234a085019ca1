// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>A connection says that its peer is reached if there was progress lately, and only then (RFC 4861 section
/// 7.3.1).</summary>
public sealed class TcpReachabilityTests
{
    private readonly ScriptedPeer _peer = ScriptedPeer.Accepted();
    private uint _next = 1;

    [Fact]
    public void Send_AfterAnAcknowledgment_IsReachedOnce()
    {
        _peer.Connection.NoDelay = true;
        _ = Say();
        _peer.Send(TcpFlags.Ack, 1, _next);
        _peer.Wait(ScriptedPeer.Second);

        Assert.True(Say().IsPeerReached);
        Assert.False(Say().IsPeerReached);
    }

    [Fact]
    public void Send_OnlySegmentsWithoutNewsLately_IsNotReached()
    {
        _ = Say();
        _peer.Send(TcpFlags.Ack, 1, _next);
        for (int second = 0; second < 6; second++)
        {
            // The same once more, with another window.
            _peer.Wait(ScriptedPeer.Second);
            _peer.Send(TcpFlags.Ack, 1, _next, window: (ushort)(20_000 + second));
        }

        _peer.ExpectNothing();
        Assert.False(Say().IsPeerReached);
    }

    [Fact]
    public void Acknowledgment_OfNewData_IsReached()
    {
        _ = Say();
        _peer.Send(TcpFlags.Ack, 1, 1, length: 10);
        _peer.Wait(ScriptedPeer.Second);
        Assert.True(_peer.Take().IsPeerReached);

        // The same bytes once more are no news.
        _peer.Drop();
        _peer.Send(TcpFlags.Ack, 1, 1, length: 10);
        Assert.False(_peer.Take().IsPeerReached);
    }

    [Fact]
    public void Acknowledgment_OfNewDataBehindAGap_IsReached()
    {
        _ = Say();
        _peer.Send(TcpFlags.Ack, 11, 1, length: 10);
        Assert.True(_peer.Take().IsPeerReached);

        _peer.Send(TcpFlags.Ack, 11, 1, length: 10);
        Assert.False(_peer.Take().IsPeerReached);
    }

    private TestPacket Say()
    {
        Assert.Equal(10, _peer.Connection.Send(new byte[10]));
        _peer.Poll();
        TestPacket packet = _peer.Expect(TcpFlags.Ack, _next, 10, 1);
        _next += 10;
        return packet;
    }
}
