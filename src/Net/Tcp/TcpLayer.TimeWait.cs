// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Connections in TIME-WAIT, which are records only.</content>
public sealed partial class TcpLayer
{
    /// <summary>Keeps a record of a connection, and acknowledges the peer's end in its name if that is due.</summary>
    internal void AddTimeWait(ref TimeWaitRecord record, bool isAckDue, ulong nowNs)
    {
        Counters.TimeWaits++;
        record.ExpiresNs = nowNs + (2 * Settings.SegmentLifetimeNs);
        if (isAckDue)
        {
            SendTimeWaitAck(record, nowNs);
        }

        _ = _timeWaits.Add(record);
    }

    // RFC 9293 section 3.10.7.4 in TIME-WAIT. Returns whether a SYN takes the place of the record.
    private bool TryLeaveTimeWait(int index, in TcpSegment segment, ulong nowNs, out uint? after)
    {
        ref TimeWaitRecord record = ref _timeWaits[index];
        after = null;
        if (segment.Has(TcpFlags.Rst))
        {
            // RFC 1337, first fix: a reset from the past must not end TIME-WAIT early.
            return false;
        }

        bool isPlainSyn = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Fin)) == TcpFlags.Syn;
        if (isPlainSyn && IsNewer(record, segment))
        {
            TcpListener? listener = FindListener(segment.Local);
            if (listener is not null)
            {
                after = record.SendNext;
                Counters.TimeWaitsReused++;
                _timeWaits.Remove(index);
                return true;
            }
        }

        if (segment.SequenceLength > 0 || (!IsExpected(record, segment) && MayAnswer(ref record, nowNs)))
        {
            SendTimeWaitAck(record, nowNs);
        }

        bool isFinAgain = segment.Has(TcpFlags.Fin)
            && segment.Sequence + segment.SequenceLength == record.ReceiveNext;
        if (isFinAgain)
        {
            _timeWaits.Restart(index, nowNs + (2 * Settings.SegmentLifetimeNs));
        }

        return false;
    }

    // As for connections: not each of many, or two ends that know different numbers would talk for ever.
    private bool MayAnswer(ref TimeWaitRecord record, ulong nowNs)
    {
        if (nowNs - record.AnsweredNs < TcpConnection.AnswerIntervalNs || !MayChallenge(nowNs))
        {
            return false;
        }

        record.AnsweredNs = nowNs;
        return true;
    }

    // The last acknowledgment of the peer says nothing new. Answering it would make two ends in TIME-WAIT talk for
    // ever.
    private static bool IsExpected(in TimeWaitRecord record, in TcpSegment segment) =>
        segment.Sequence == record.ReceiveNext && segment.Acknowledgment == record.SendNext;

    // RFC 6191 section 2: a SYN that cannot be an old duplicate, by its timestamp or its sequence number.
    private static bool IsNewer(in TimeWaitRecord record, in TcpSegment segment)
    {
        if (!record.HasTimestamps || !segment.Options.HasTimestamps)
        {
            return Sequence.Greater(segment.Sequence, record.ReceiveNext);
        }

        uint value = segment.Options.TimestampValue;
        return Sequence.Greater(value, record.TimestampRecent)
            || (value == record.TimestampRecent && Sequence.Greater(segment.Sequence, record.ReceiveNext));
    }

    private void SendTimeWaitAck(in TimeWaitRecord record, ulong nowNs)
    {
        TcpSegment to = new() { Local = record.Local, Remote = record.Remote };
        int length = 0;
        if (record.HasTimestamps)
        {
            uint value = (uint)(nowNs / TimestampUnitNs) + record.TimestampOffset;
            TcpOptions.WriteTimestamps(HeaderScratch.AsSpan(TcpHeader.SizeOf), value, record.TimestampRecent);
            length = TcpOptions.TimestampsBytes;
        }

        SendBare(
            to, record.SendNext, record.ReceiveNext, TcpFlags.Ack, record.Window, length, record.TrafficClass);
    }
}
