// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Segments that come, in the order of RFC 9293 section 3.10.7.4.</content>
public sealed partial class TcpConnection
{
    // TS.Recent is good for this long; an idle connection's clock may have wrapped after it (RFC 7323 section 5.5).
    private const ulong TimestampLifetimeNs = 24UL * 24 * 3600 * 1_000_000_000;

    // Answers to segments that cannot be are this far apart, so that two confused peers do not answer each other for
    // ever.
    internal const ulong AnswerIntervalNs = 500_000_000;

    private ulong _lastReceivedNs;
    private ulong _lastAnswerNs;
    private ulong _tsRecentNs;
    private uint _tsRecent;
    private uint _tsOffset;
    private bool _hasTimestamps;

    /// <summary>A segment came for this connection.</summary>
    internal void OnSegment(ref TcpSegment segment, ulong nowNs)
    {
        if (_state == TcpState.SynSent)
        {
            OnSegmentInSynSent(ref segment, nowNs);
        }
        else if (!_isHeld && !TryPredicted(segment, nowNs))
        {
            OnSegmentSynchronized(ref segment, nowNs);
        }
        else if (_isHeld && segment.Has(TcpFlags.Rst) && segment.Sequence == _rcvNxt)
        {
            Finish(NetError.Reset);
        }
    }

    private void OnSegmentSynchronized(ref TcpSegment segment, ulong nowNs)
    {
        if (_state == TcpState.SynReceived && IsSynAgain(ref segment))
        {
            return;
        }

        if (!CheckTimestamp(segment, nowNs) || !CheckSequence(ref segment, nowNs))
        {
            return;
        }

        _lastReceivedNs = nowNs;
        _unansweredProbes = 0;
        if (segment.Has(TcpFlags.Rst))
        {
            OnReset(segment, nowNs);
            return;
        }

        if (segment.Has(TcpFlags.Syn))
        {
            OnSynInWindow(nowNs);
            return;
        }

        if (!segment.Has(TcpFlags.Ack))
        {
            return;
        }

        bool acceptable = _state == TcpState.SynReceived
            ? OnLastOfHandshake(segment, nowNs)
            : CheckAcknowledgment(segment, nowNs);
        if (!acceptable)
        {
            return;
        }

        OnAcknowledgment(segment, nowNs);
        OnFinAcknowledged(nowNs);
        if (IsOver)
        {
            return;
        }

        OnPayload(segment, nowNs);
        if (!IsOver)
        {
            MarkIfNeeded();
            Schedule();
        }
    }

    // The peer's SYN again: it has not seen ours. With an ACK it is the other half of a simultaneous open, which goes
    // on.
    private bool IsSynAgain(ref TcpSegment segment)
    {
        if (!segment.Has(TcpFlags.Syn) || segment.Has(TcpFlags.Rst) || segment.Sequence != _irs)
        {
            return false;
        }

        if (segment.Has(TcpFlags.Ack))
        {
            segment.Sequence++;
            segment.Flags &= ~TcpFlags.Syn;
            return false;
        }

        _isSynPending = true;
        Mark();
        return true;
    }

    // PAWS (RFC 7323 section 5.3, R1), and section 3.2: once agreed on, timestamps are in every segment but resets.
    private bool CheckTimestamp(in TcpSegment segment, ulong nowNs)
    {
        if (!_hasTimestamps || segment.Has(TcpFlags.Rst))
        {
            return true;
        }

        if (!segment.Options.HasTimestamps)
        {
            return false;
        }

        if (Sequence.Less(segment.Options.TimestampValue, _tsRecent) && nowNs - _tsRecentNs < TimestampLifetimeNs)
        {
            _layer.Counters.PawsDrops++;
            NoteDuplicate(segment);
            Answer(nowNs);
            return false;
        }

        // R3: what began at or before the last acknowledged number tells what to echo, if it is acceptable.
        _pendingTsRecent = segment.Options.TimestampValue;
        _hasPendingTsRecent = Sequence.LessOrEqual(segment.Sequence, _lastAckSent);
        return true;
    }

    // First check: is any of it in the window. Cuts off what is not.
    private bool CheckSequence(ref TcpSegment segment, ulong nowNs)
    {
        uint edge = WindowEdge;
        uint window = edge - _rcvNxt;
        uint length = segment.SequenceLength;
        uint end = segment.Sequence + length;
        bool isAcceptable = length == 0
            ? segment.Sequence == _rcvNxt || (Sequence.GreaterOrEqual(segment.Sequence, _rcvNxt)
                && Sequence.Less(segment.Sequence, edge))
            : Sequence.Less(segment.Sequence, edge) && Sequence.Greater(end, _rcvNxt);

        // With a closed window acknowledgments and resets must still be heard (RFC 9293 section 3.10.7.4).
        if (!isAcceptable && window == 0 && segment.Sequence == _rcvNxt)
        {
            segment.Payload = default;
            segment.Flags &= ~TcpFlags.Fin;
            _isAckNow = true;
            isAcceptable = true;
        }

        if (!isAcceptable)
        {
            if (!segment.Has(TcpFlags.Rst))
            {
                NoteDuplicate(segment);
                OnUnacceptable(segment, nowNs);
            }

            return false;
        }

        if (_hasPendingTsRecent)
        {
            _tsRecent = _pendingTsRecent;
            _tsRecentNs = nowNs;
            _hasPendingTsRecent = false;
        }

        Trim(ref segment, edge);
        return true;
    }

    private void OnUnacceptable(in TcpSegment segment, ulong nowNs)
    {
        if (segment.SequenceLength > 0)
        {
            // A retransmission: our acknowledgment was lost. That must be answered however often it comes.
            _isAckNow = true;
            Mark();
            return;
        }

        Answer(nowNs);
    }

    private void Answer(ulong nowNs)
    {
        if (_lastAnswerNs == 0 || nowNs - _lastAnswerNs >= AnswerIntervalNs)
        {
            _lastAnswerNs = Math.Max(nowNs, 1);
            _isAckNow = true;
            Mark();
        }
    }

    private void Trim(ref TcpSegment segment, uint edge)
    {
        if (Sequence.Less(segment.Sequence, _rcvNxt))
        {
            NoteDuplicate(segment);
            uint old = _rcvNxt - segment.Sequence;
            if (segment.Has(TcpFlags.Syn))
            {
                // An old SYN with new data behind it. The SYN check refuses it.
                return;
            }

            segment.Payload = segment.Payload[(int)Math.Min(old, (uint)segment.Payload.Length)..];
            segment.Sequence = _rcvNxt;
        }

        uint room = edge - segment.Sequence;
        if ((uint)segment.Payload.Length > room)
        {
            segment.Payload = segment.Payload[..(int)room];
            segment.Flags &= ~TcpFlags.Fin;
        }
    }

    // Second check: RFC 5961 section 3. Only the exact number resets; what is merely in the window is asked about.
    private void OnReset(in TcpSegment segment, ulong nowNs)
    {
        if (segment.Sequence != _rcvNxt)
        {
            Challenge(nowNs);
            return;
        }

        Finish(_state switch
        {
            TcpState.SynReceived => NetError.Refused,
            TcpState.Closing or TcpState.LastAck => NetError.None,
            _ => NetError.Reset,
        });
    }

    // Fourth check: RFC 5961 section 4. A passive open goes back to LISTEN: the peer has begun anew.
    private void OnSynInWindow(ulong nowNs)
    {
        if (_state == TcpState.SynReceived && Listener is not null)
        {
            Finish(NetError.Reset);
        }
        else
        {
            Challenge(nowNs);
        }
    }

    // Fifth check: RFC 5961 section 5. An acknowledgment of what was never sent, or from long ago, is asked about.
    private bool CheckAcknowledgment(in TcpSegment segment, ulong nowNs)
    {
        if (Sequence.Greater(segment.Acknowledgment, _sndNxt)
            || Sequence.Less(segment.Acknowledgment, _sndUna - _sndWndMax))
        {
            if (segment.SequenceLength > 0)
            {
                Challenge(nowNs);
            }
            else
            {
                // Not too often: two ends that know different numbers would answer each other for ever.
                Answer(nowNs);
            }

            return false;
        }

        return true;
    }

    private void Challenge(ulong nowNs)
    {
        if (_layer.MayChallenge(nowNs))
        {
            _isAckNow = true;
            Mark();
        }
    }

    private void OnFinAcknowledged(ulong nowNs)
    {
        if (!_isFinSent || _sndUna != _sndNxt || _ranges.Head is not null)
        {
            return;
        }

        switch (_state)
        {
            case TcpState.FinWait1:
                _state = TcpState.FinWait2;
                if (_isOrphan)
                {
                    _lifetimeNs = nowNs + Math.Min(LingerNs, _layer.Settings.OrphanTimeoutNs);
                }

                break;
            case TcpState.Closing:
                EnterTimeWait(nowNs);
                break;
            case TcpState.LastAck:
                Finish(NetError.None);
                break;
            default:
                break;
        }
    }

    private void MarkIfNeeded()
    {
        if (_isAckNow || _lostBytes > 0 || HasUnsent)
        {
            Mark();
        }
    }
}
