// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>The state machine of RFC 9293: sections 3.5, 3.6 and 3.10.</summary>
public sealed class TcpStateTests
{
    private const TcpFlags Ack = TcpFlags.Ack;
    private const TcpFlags Syn = TcpFlags.Syn;
    private const TcpFlags Fin = TcpFlags.Fin;
    private const TcpFlags Rst = TcpFlags.Rst;
    private const ulong Second = ScriptedPeer.Second;

    [Fact]
    public void Closed_AnySegment_IsAnsweredWithAReset()
    {
        ScriptedPeer peer = new();
        peer.Send(Syn, 0, 0);
        peer.Expect(Rst | Ack, 0, 0, 1);
        peer.Send(Ack, 5, 77, length: 10);
        peer.Expect(Rst, 77, 0, 0);
        peer.Send(Syn | Fin, 5, 0, length: 10);
        peer.Expect(Rst | Ack, 0, 0, 17);
        peer.Send(Rst, 5, 0);
        peer.ExpectNothing();
    }

    [Fact]
    public void Listen_AckOrReset_OpensNothing()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Send(Ack, 5, 77);
        peer.Expect(Rst, 77, 0, 0);
        peer.Send(Syn | Ack, 5, 77);
        peer.Expect(Rst, 77, 0, 0);
        peer.Send(Rst, 5, 0);
        peer.Send(Fin, 5, 0);
        peer.ExpectNothing();
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
    }

    [Fact]
    public void SynSent_SynAck_Establishes()
    {
        ScriptedPeer peer = new();
        TestPacket syn = peer.Connect();
        Assert.Equal(1460, syn.Options.Mss);
        Assert.True(syn.Options.IsSackPermitted && syn.Options.HasTimestamps && syn.Options.WindowScale == 7);
        peer.Send(Syn | Ack, 0, 1, options: ScriptedPeer.Mss(1000));
        peer.ExpectAck(1, 1);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Theory]
    [InlineData(0U)]
    [InlineData(2U)]
    public void SynSent_UnacceptableAck_IsReset(uint acknowledgment)
    {
        ScriptedPeer peer = new();
        peer.Connect();
        peer.Send(Syn | Ack, 0, acknowledgment);
        peer.Expect(Rst, acknowledgment, 0, 0);
        peer.Send(Rst | Ack, 0, acknowledgment);
        Assert.Equal(TcpState.SynSent, peer.Connection.State);
    }

    [Fact]
    public void SynSent_Reset_IsRefusedOnlyWithAGoodAck()
    {
        ScriptedPeer peer = new();
        peer.Connect();
        peer.Send(Rst, 0, 0);
        Assert.Equal(TcpState.SynSent, peer.Connection.State);
        peer.Send(Rst | Ack, 0, 1);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.Equal(NetError.Refused, peer.Connection.Error);
    }

    [Fact]
    public void SynSent_NoAnswer_RetriesWithBackoffAndTimesOut()
    {
        ScriptedPeer peer = new();
        peer.Connect();
        for (ulong expected = 1; expected <= 64; expected *= 2)
        {
            Assert.Equal(expected * Second, peer.WaitForOutput(100 * Second));
            peer.Expect(Syn, 0, 0, 0);
        }

        peer.Wait(60 * Second);
        Assert.Equal(NetError.TimedOut, peer.Connection.Error);
        peer.ExpectNothing();
    }

    [Fact]
    public void SynSent_SimultaneousOpen_EstablishesWithAPlainAck()
    {
        ScriptedPeer peer = new();
        peer.Connect();
        peer.Send(Syn, 0, 0, options: ScriptedPeer.Mss(1000));
        peer.Expect(Syn | Ack, 0, 0, 1);
        Assert.Equal(TcpState.SynReceived, peer.Connection.State);
        peer.Send(Ack, 1, 1);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    public void SynReceived_SynAckOfSimultaneousOpen_Establishes()
    {
        ScriptedPeer peer = new();
        peer.Connect();
        peer.Send(Syn, 0, 0, options: ScriptedPeer.Mss(1000));
        peer.Expect(Syn | Ack, 0, 0, 1);
        peer.Send(Syn | Ack, 0, 1, options: ScriptedPeer.Mss(1000));
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    public void SynReceived_BadAck_IsResetAndTheConnectionWaitsOn()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Ack, 1, 2);
        peer.Expect(Rst, 2, 0, 0);
        peer.Send(Ack, 1, 1);
        Assert.Equal(1, peer.Listener!.PendingCount);
    }

    [Fact]
    public void SynReceived_Reset_GoesBackToListen()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Rst, 1, 0);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
        Assert.Equal(0, peer.Listener!.SynQueueCount);
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
    }

    [Fact]
    public void SynReceived_SynAgain_IsAnsweredAgain()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Syn, 0, 0);
        peer.Expect(Syn | Ack, 0, 0, 1);
    }

    [Fact]
    public void SynReceived_AnotherSyn_GoesBackToListen()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Syn, 100, 0);
        peer.ExpectNothing();
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount + peer.Listener!.SynQueueCount);
        peer.Send(Syn, 100, 0);
        peer.Expect(Syn | Ack, 0, 0, 101);
    }

    [Fact]
    public void SynReceived_NoAnswer_IsForgotten()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Send(Syn, 0, 0);
        peer.Wait(61 * Second);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
        Assert.Equal(0, peer.Listener!.SynQueueCount);
    }

    [Fact]
    public void SynReceived_DataAndFinWithTheAck_AreTaken()
    {
        ScriptedPeer peer = new();
        peer.Listen();
        peer.Send(Syn, 0, 0);
        peer.ExpectSyn(Syn | Ack);
        peer.Send(Ack | Fin, 1, 1, length: 5);
        TcpConnection connection = peer.Listener!.Accept()!;
        Assert.Equal(5, connection.ReadableBytes);
        Assert.Equal(TcpState.CloseWait, connection.State);
        peer.ExpectAck(1, 7);
    }

    [Fact]
    public void Established_CloseFirst_GoesThroughFinWaitToTimeWait()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.ShutdownSend();
        peer.Poll();
        peer.Expect(Fin | Ack, 1, 0, 1);
        Assert.Equal(TcpState.FinWait1, peer.Connection.State);
        peer.Send(Ack, 1, 2);
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        peer.Send(Ack, 1, 2, length: 3);
        Assert.Equal(3, peer.Connection.ReadableBytes);
        peer.Send(Fin | Ack, 4, 2);
        peer.ExpectAck(2, 5);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        Assert.False(peer.Connection.IsReceiveEnded);
        Assert.Equal(3, peer.Connection.Receive(new byte[9]));
        Assert.True(peer.Connection.IsReceiveEnded);
        Assert.Equal(NetError.None, peer.Connection.Error);
    }

    [Fact]
    public void Established_PeerClosesFirst_GoesThroughCloseWaitToClosed()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Fin | Ack, 1, 1);
        peer.ExpectAck(1, 2);
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
        peer.Connection.Send(new byte[7]);
        peer.Connection.Close();
        peer.Poll();
        peer.Expect(Fin | Ack, 1, 7, 2);
        Assert.Equal(TcpState.LastAck, peer.Connection.State);
        peer.Send(Ack, 2, 9);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.Equal(0, peer.Host.Tcp.TimeWaitCount);
    }

    [Fact]
    public void FinWait1_FinWithoutAck_IsASimultaneousClose()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.ShutdownSend();
        peer.Poll();
        peer.Drop();
        peer.Send(Fin | Ack, 1, 1);
        peer.ExpectAck(2, 2);
        Assert.Equal(TcpState.Closing, peer.Connection.State);
        peer.Send(Ack, 2, 2);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        Assert.Equal(1, peer.Host.Tcp.TimeWaitCount);
    }

    [Fact]
    public void FinWait1_FinWithAck_GoesToTimeWaitAtOnce()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.ShutdownSend();
        peer.Poll();
        peer.Drop();
        peer.Send(Fin | Ack, 1, 2);
        peer.ExpectAck(2, 2);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
    }

    [Fact]
    public void FinWait2_Orphan_IsForgottenAfterAMinute()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Release();
        peer.Poll();
        peer.Drop();
        peer.Send(Ack, 1, 2);
        peer.Wait(59 * Second);
        Assert.Equal(1, peer.Host.Tcp.ConnectionCount);
        peer.Wait(2 * Second);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
    }

    [Fact]
    public void Orphan_WindowClosedForEver_EndsWithTheBound()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(settings: new() { OrphanMaxNs = 1000 * Second });
        peer.Send(Ack, 1, 1, window: 0);
        peer.Connection.Send(new byte[100]);
        peer.Connection.Release();
        peer.Poll();
        ulong startNs = peer.NowNs;
        while (peer.NowNs - startNs < 999 * Second)
        {
            Assert.Equal(1, peer.Host.Tcp.ConnectionCount);
            if (peer.Waiting > 0)
            {
                peer.Drop();
                peer.Send(Ack, 1, 1, window: 0);
            }

            peer.Wait(Second);
        }

        peer.Wait(2 * Second);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
    }

    [Fact]
    public void Orphan_NoAcknowledgmentForAMinute_IsReset()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Send(new byte[100]);
        peer.Connection.Release();
        peer.Poll();
        peer.Wait(59 * Second);
        Assert.Equal(1, peer.Host.Tcp.ConnectionCount);
        peer.Wait(2 * Second);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
    }

    [Fact]
    public void Closed_DataAfterClose_IsAnsweredWithAReset()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Release();
        peer.Poll();
        peer.Expect(Fin | Ack, 1, 0, 1);
        peer.Send(Ack, 1, 2, length: 4);
        peer.Expect(Rst | Ack, 2, 0, 1);
        Assert.Equal(0, peer.Host.Tcp.ConnectionCount);
    }

    [Fact]
    public void Close_WithUnreadData_ResetsThePeer()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1, 1, length: 4);
        peer.Connection.Close();
        peer.Expect(Rst | Ack, 1, 0, 5);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }

    [Fact]
    public void Close_WithLingerZero_ResetsThePeer()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.LingerNs = 0;
        peer.Connection.Close();
        peer.Expect(Rst | Ack, 1, 0, 1);
    }

    [Fact]
    public void Close_WithLinger_GivesUpAfterThatTime()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.LingerNs = 3 * Second;
        peer.Connection.Send(new byte[10]);
        peer.Connection.Close();
        peer.Wait(2900 * ScriptedPeer.Millisecond);
        Assert.Equal(TcpState.FinWait1, peer.Connection.State);
        peer.Wait(200 * ScriptedPeer.Millisecond);
        Assert.Equal(NetError.TimedOut, peer.Connection.Error);
    }

    [Fact]
    public void Established_Abort_ResetsAndSaysNothingMore()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Connection.Send(new byte[10]);
        peer.Connection.Abort();
        peer.Expect(Rst | Ack, 1, 0, 1);
        peer.Wait(10 * Second);
        peer.ExpectNothing();
        Assert.Equal(0, peer.Host.Buffers.RentedBytes);
    }

    [Fact]
    public void Established_ResetWithTheExactNumber_EndsIt()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack, 1, 1, length: 4);
        peer.Drop();
        peer.Send(Rst, 5, 0);
        Assert.Equal(NetError.Reset, peer.Connection.Error);
        Assert.Equal(4, peer.Connection.Receive(new byte[9]));
        peer.ExpectNothing();
    }

    [Fact]
    public void Established_UrgentData_IsReadInline()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Ack | TcpFlags.Urg, 1, 1, length: 4);
        Assert.Equal(4, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void Established_SegmentWithoutAck_IsDropped()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(TcpFlags.Psh, 1, 0, length: 4);
        Assert.Equal(0, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void CloseWait_DataBehindTheFin_IsIgnored()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Fin | Ack, 1, 1);
        peer.Drop();
        peer.Send(Ack, 2, 1, length: 4);
        Assert.Equal(0, peer.Connection.ReadableBytes);
        peer.ExpectAck(1, 2);
    }

    [Fact]
    public void Fin_BeforeItsData_TakesEffectWhenTheGapIsFilled()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted();
        peer.Send(Fin | Ack, 11, 1, length: 10);
        peer.ExpectAck(1, 1);
        Assert.Equal(TcpState.Established, peer.Connection.State);
        peer.Send(Ack, 1, 1, length: 10);
        peer.ExpectAck(1, 22);
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
        Assert.Equal(20, peer.Connection.ReadableBytes);
    }
}
