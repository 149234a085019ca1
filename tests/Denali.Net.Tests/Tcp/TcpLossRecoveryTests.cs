// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>RFC 5681, 6298, 6582, 6675, 6937, 8985, 2883, 3522, seen from a scripted peer.</summary>
public sealed class TcpLossRecoveryTests
{
    private const TcpFlags Ack = TcpFlags.Ack;
    private const ulong Millisecond = ScriptedPeer.Millisecond;
    private const ulong Second = ScriptedPeer.Second;

    private static byte[] SackOptions => [.. ScriptedPeer.Mss(1000), .. ScriptedPeer.SackPermitted()];

    [Fact]
    public void Established_FirstFlight_IsTenSegments()
    {
        ScriptedPeer peer = Sending(ScriptedPeer.Mss(1000), 20_000);
        for (uint i = 0; i < 10; i++)
        {
            peer.Expect(Ack, 1 + (i * 1000), 1000, 1);
        }

        peer.ExpectNothing();
    }

    [Fact]
    public void SlowStart_AcknowledgedBytes_GrowTheWindowByAsMuch()
    {
        ScriptedPeer peer = Sending(ScriptedPeer.Mss(1000), 60_000);
        peer.Drop();
        peer.Send(Ack, 1, 2001);
        for (uint i = 10; i < 14; i++)
        {
            peer.Expect(Ack, 1 + (i * 1000), 1000, 1);
        }

        peer.ExpectNothing();
        Assert.Equal(12_000U, peer.Connection.CongestionWindow);
    }

    [Fact]
    public void NoSack_ThreeDuplicates_RetransmitTheFirstAndReduce()
    {
        ScriptedPeer peer = Sending(ScriptedPeer.Mss(1000), 60_000);
        peer.Drop();
        peer.Send(Ack, 1, 1001);
        peer.Drop();
        peer.Send(Ack, 1, 1001);
        peer.Send(Ack, 1, 1001);
        peer.Drop();
        peer.Send(Ack, 1, 1001);
        peer.Expect(Ack, 1001, 1000, 1);
        Assert.Equal(1UL, peer.Host.Tcp.Statistics.Recoveries);
        Assert.Equal(7700U, peer.Connection.SlowStartThreshold);
    }

    [Fact]
    public void NoSack_PartialAck_RetransmitsTheNextHole()
    {
        ScriptedPeer peer = Sending(ScriptedPeer.Mss(1000), 10_000);
        peer.Drop();
        for (int i = 0; i < 3; i++)
        {
            peer.Send(Ack, 1, 1);
        }

        peer.Expect(Ack, 1, 1000, 1);
        peer.Send(Ack, 1, 5001);
        peer.Expect(Ack, 5001, 1000, 1);
        peer.Send(Ack, 1, 10_001);
        peer.ExpectNothing();
        Assert.Equal(1UL, peer.Host.Tcp.Statistics.Recoveries);
    }

    [Fact]
    public void Sack_ThreeSegmentsBehindAHole_RetransmitOnlyTheHole()
    {
        ScriptedPeer peer = Sending(SackOptions, 10_000);
        peer.Drop();
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 4001));
        peer.Expect(Ack, 1, 1000, 1);
        peer.ExpectNothing();
        peer.Send(Ack, 1, 10_001);
        peer.ExpectNothing();
        Assert.Equal(1U, peer.Connection.Retransmissions);
        Assert.Equal(0UL, peer.Host.Tcp.Statistics.Timeouts);
    }

    [Fact]
    public void Sack_OneSegmentBehindAHole_WaitsForTheReorderingWindow()
    {
        ScriptedPeer peer = Sending(SackOptions, 10_000, roundTripMs: 40);
        peer.Drop();
        peer.Wait(40 * Millisecond);
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 2001));
        peer.ExpectNothing();
        Assert.Equal(10 * Millisecond, peer.WaitForOutput(Second));
        peer.Expect(Ack, 1, 1000, 1);
    }

    [Fact]
    public void Sack_LateSegmentInsideTheReorderingWindow_IsNoLoss()
    {
        ScriptedPeer peer = Sending(SackOptions, 10_000, roundTripMs: 40);
        peer.Drop();
        peer.Wait(40 * Millisecond);
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 2001));
        peer.Wait(5 * Millisecond);
        peer.Send(Ack, 1, 2001);
        peer.Wait(5 * Millisecond);
        Assert.Equal(0U, peer.Connection.Retransmissions);
    }

    [Fact]
    public void Rack_LostRetransmission_IsFoundWithoutATimeout()
    {
        ScriptedPeer peer = Sending(SackOptions, 40_000, roundTripMs: 40);
        peer.Drop();
        peer.Wait(40 * Millisecond);
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 6001));
        peer.Expect(Ack, 1, 1000, 1);
        peer.Drop();
        peer.Wait(40 * Millisecond);
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 10_001));
        peer.Drop();
        peer.Wait(40 * Millisecond);
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 13_001));
        peer.Expect(Ack, 1, 1000, 1);
        Assert.Equal(0UL, peer.Host.Tcp.Statistics.Timeouts);
    }

    [Fact]
    public void Prr_Recovery_ReducesTheWindowStepByStepToTheThreshold()
    {
        ScriptedPeer peer = Sending(SackOptions, 60_000, roundTripMs: 40);
        peer.Drop();
        peer.Wait(40 * Millisecond);
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 4001));
        peer.Expect(Ack, 1, 1000, 1);
        int sent = 0;
        for (uint end = 5001; end <= 10_001; end += 1000)
        {
            peer.Wait(Millisecond);
            peer.Send(Ack, 1, 1, options: peer.Sack(1001, end));
            sent += peer.Waiting;
            peer.Drop();
        }

        // Ten segments were in flight and seven are allowed: while nine leave, six others go, the first one again
        // aside.
        Assert.InRange(sent, 4, 6);
        peer.Send(Ack, 1, 10_001);
        Assert.Equal(7000U, peer.Connection.SlowStartThreshold);
        peer.Drop();
        peer.Send(Ack, 1, 10_001 + ((uint)sent * 1000));
        Assert.InRange(peer.Connection.CongestionWindow, 7000U, 9000U);
    }

    [Fact]
    public void Prr_MoreInFlightThanTheThreshold_SendsSevenForTen()
    {
        ScriptedPeer peer = Sending(SackOptions, 200_000, roundTripMs: 40);
        uint end = 1;
        for (int i = 0; i < 2; i++)
        {
            peer.Connection.Send(new byte[30_000]);
            end += (uint)peer.Waiting * 1000;
            peer.Drop();
            peer.Wait(40 * Millisecond);
            peer.Send(Ack, 1, end);
        }

        // Forty segments are in flight; the first is lost.
        Assert.Equal(40, peer.Waiting);
        peer.Connection.Send(new byte[60_000]);
        peer.Drop();
        peer.Wait(40 * Millisecond);
        int sent = 0;
        for (uint i = 1; i <= 20; i++)
        {
            peer.Wait(Millisecond / 10);
            peer.Send(Ack, 1, end, options: peer.Sack(end + 1000, end + 1000 + (i * 1000)));
            sent += peer.Waiting;
            peer.Drop();
        }

        // One each for the two before recovery, then seven for ten.
        Assert.InRange(sent, 14, 16);
    }

    [Fact]
    public void TailLoss_Probe_SendsTheLastSegmentAgain()
    {
        ScriptedPeer peer = Sending(SackOptions, 3000, roundTripMs: 40);
        peer.Drop();
        Assert.Equal(80 * Millisecond, peer.WaitForOutput(Second));
        peer.Expect(Ack, 2001, 1000, 1);
        Assert.Equal(1UL, peer.Host.Tcp.Statistics.LossProbes);
        peer.Wait(40 * Millisecond);
        peer.Send(Ack, 1, 1, options: peer.Sack(2001, 3001));
        peer.WaitForOutput(100 * Millisecond);
        peer.Expect(Ack, 1, 1000, 1);
        Assert.Equal(0UL, peer.Host.Tcp.Statistics.Timeouts);
    }

    [Fact]
    public void TailLoss_ProbeThatRepairs_ReducesTheWindow()
    {
        ScriptedPeer peer = Sending(SackOptions, 3000, roundTripMs: 40);
        peer.Drop();
        peer.WaitForOutput(Second);
        peer.Drop();
        uint before = peer.Connection.CongestionWindow;
        peer.Send(Ack, 1, 3001);
        peer.Connection.Send(new byte[1000]);
        peer.Poll();
        peer.Drop();
        peer.Send(Ack, 1, 4001);
        Assert.InRange(peer.Connection.CongestionWindow, 1000U, before - 1000);
    }

    [Fact]
    public void TailLoss_ProbeThatWasNeedless_ReducesNothing()
    {
        ScriptedPeer peer = Sending(SackOptions, 3000, roundTripMs: 40);
        peer.WaitForOutput(Second);
        peer.Drop();
        uint before = peer.Connection.CongestionWindow;
        peer.Wait(81 * Millisecond);
        peer.Drop();
        peer.Send(Ack, 1, 3001);
        peer.Send(Ack, 1, 3001, options: peer.Sack(2001, 3001));
        peer.Connection.Send(new byte[1000]);
        peer.Poll();
        peer.Drop();
        peer.Send(Ack, 1, 4001);
        Assert.InRange(peer.Connection.CongestionWindow, before, before + 5000);
    }

    [Fact]
    public void Timeout_NothingComesBack_BacksOffFromOneSegment()
    {
        ScriptedPeer peer = Sending(ScriptedPeer.Mss(1000), 5000, roundTripMs: 100);
        peer.Drop();

        // SRTT 100 ms, RTTVAR 50 ms.
        for (ulong expected = 300; expected <= 2400; expected *= 2)
        {
            Assert.Equal(expected * Millisecond, peer.WaitForOutput(10 * Second));
            peer.Expect(Ack, 1, 1000, 1);
            peer.ExpectNothing();
        }

        Assert.Equal(1000U, peer.Connection.CongestionWindow);
        peer.Send(Ack, 1, 1001);
        peer.Expect(Ack, 1001, 1000, 1);
        peer.Expect(Ack, 2001, 1000, 1);
        peer.ExpectNothing();
    }

    [Fact]
    public void Timeout_Retransmission_GivesNoRoundTripSample()
    {
        ScriptedPeer peer = Sending(ScriptedPeer.Mss(1000), 500, roundTripMs: 100);
        ulong before = peer.Connection.RoundTripNs;
        peer.Wait(400 * Millisecond);
        peer.Send(Ack, 1, 501);
        Assert.Equal(before, peer.Connection.RoundTripNs);
        Assert.Equal(1U, peer.Connection.Retransmissions);
    }

    [Fact]
    public void Timeout_NobodyAnswers_GivesUpAfterTheUserTimeout()
    {
        ScriptedPeer peer = Sending(ScriptedPeer.Mss(1000), 500);
        peer.Connection.UserTimeoutNs = 10 * Second;
        peer.Wait(9 * Second);
        Assert.Equal(NetError.None, peer.Connection.Error);
        peer.Wait(10 * Second);
        Assert.Equal(NetError.TimedOut, peer.Connection.Error);
        Assert.Equal(0, peer.Host.Buffers.RentedBytes);
    }

    [Fact]
    public void Timeout_EarlierEcho_TakesTheReductionBack()
    {
        ScriptedPeer peer = Sending(SackOptions, 5000, roundTripMs: 20, timestamp: 1000);
        uint before = peer.Connection.CongestionWindow;
        uint original = peer.Expect(Ack, 1, 988, 1).Options.TimestampValue;
        peer.Wait(Second);
        Assert.True(peer.Host.Tcp.Statistics.Timeouts > 0);
        peer.Drop();
        peer.Timestamp = null;
        peer.Send(Ack, 1, 989, options: ScriptedPeer.Timestamps(1001, original));
        Assert.Equal(1UL, peer.Host.Tcp.Statistics.SpuriousRecoveries);
        Assert.InRange(peer.Connection.CongestionWindow, before, before + 2000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timeout_AckOfADuplicate_GivesNoRoundTripSample(bool reportsDuplicate)
    {
        ScriptedPeer peer = Sending(SackOptions, 500, roundTripMs: 20, timestamp: 1000);
        uint original = peer.Expect(Ack, 1, 500, 1).Options.TimestampValue;
        peer.Wait(5 * Second);
        peer.Drop();
        peer.Timestamp = null;

        // It echoes the first transmission: the second one caused it, or the first was very late.
        byte[] timestamps = ScriptedPeer.Timestamps(1001, original);
        peer.Send(Ack, 1, 501, options: reportsDuplicate ? [.. timestamps, .. peer.Sack(1, 501)] : timestamps);
        Assert.Equal(reportsDuplicate, peer.Connection.RoundTripNs < 100 * Millisecond);
    }

    [Fact]
    public void Timeout_EchoOfTheRetransmission_KeepsTheReduction()
    {
        ScriptedPeer peer = Sending(SackOptions, 5000, roundTripMs: 20, timestamp: 1000);
        peer.Drop();
        peer.Wait(Second);
        uint last = peer.Expect(Ack, 4941, 60, 1).Options.TimestampValue;
        while (peer.Waiting > 0)
        {
            last = peer.Expect(Ack, 1, 988, 1).Options.TimestampValue;
        }

        peer.Timestamp = null;
        peer.Send(Ack, 1, 989, options: ScriptedPeer.Timestamps(1001, last));
        Assert.Equal(0UL, peer.Host.Tcp.Statistics.SpuriousRecoveries);
        Assert.InRange(peer.Connection.CongestionWindow, 988U, 2 * 988U);
    }

    [Fact]
    public void Sack_PeerThatForgets_IsSurvived()
    {
        ScriptedPeer peer = Sending(SackOptions, 5000);
        peer.Drop();
        peer.Send(Ack, 1, 1, options: peer.Sack(1001, 5001));
        peer.Expect(Ack, 1, 1000, 1);

        // The first one arrives, and the peer has thrown away the others.
        peer.Send(Ack, 1, 1001);
        peer.ExpectNothing();
        peer.WaitForOutput(10 * Second);
        peer.Expect(Ack, 1001, 1000, 1);
        peer.Send(Ack, 1, 2001);
        peer.Expect(Ack, 2001, 1000, 1);
        peer.Expect(Ack, 3001, 1000, 1);
    }

    [Fact]
    public void Sack_BlocksThatCannotBe_AreIgnored()
    {
        ScriptedPeer peer = Sending(SackOptions, 5000);
        peer.Drop();
        peer.Send(Ack, 1, 1, options: peer.Sack(3001, 2001, 4001, 9_000_000, 5001, 6001));
        peer.Send(Ack, 1, 1, options: peer.Sack(1, 1));
        peer.ExpectNothing();
        peer.Send(Ack, 1, 5001);
        Assert.Equal(0, peer.Connection.UnacknowledgedBytes);
        Assert.Equal(0U, peer.Connection.Retransmissions);
    }

    [Fact]
    public void LostData_PiecesOfARange_AreSentAsOneFrameWithOffload()
    {
        ScriptedPeer peer = ScriptedPeer.Accepted(SackOptions, isOffloaded: true);
        peer.Connection.Send(new byte[9000]);
        peer.Poll();
        peer.Expect(Ack, 1, 9000, 1);
        peer.Send(Ack, 1, 1, options: peer.Sack(3001, 9001));
        TestPacket again = peer.Expect(Ack, 1, 3000, 1);
        Assert.Equal(1000, again.SegmentBytes);
    }

    // An accepted connection that has sent, with a round-trip time from its handshake.
    private static ScriptedPeer Sending(byte[] options, int bytes, ulong roundTripMs = 0, uint? timestamp = null)
    {
        ScriptedPeer peer = new() { Timestamp = timestamp };
        peer.Listen();
        peer.Send(TcpFlags.Syn, 0, 0, options: options);
        peer.ExpectSyn(TcpFlags.Syn | Ack);
        peer.Wait(roundTripMs * Millisecond);
        peer.Send(Ack, 1, 1);
        peer.GetConnection().Send(new byte[bytes]);
        peer.Poll();
        return peer;
    }
}
