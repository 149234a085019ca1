// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Acknowledgments that come: what they take out of the send buffer, and what they tell (RFC 9293 section
/// 3.10.7.4, fifth check).</content>
public sealed partial class TcpConnection
{
    // The smallest send limit; below it a connection could not even fill its first windows.
    private const uint SendLimitFirst = 64 * 1024;

    private uint _sndUna;
    private uint _sndNxt;
    private uint _sndWnd;
    private uint _sndWl1;
    private uint _sndWl2;
    private uint _sndWndMax;
    private ulong _progressNs;
    private RttEstimator _rtt;
    private bool _isWriteBlocked;

    // What is sent arrives, as far as is known since the last segment to the peer, and when that was found out: it says
    // little if it was long ago. Only what is new tells it (RFC 4861 section 7.3.1). The time is short because every
    // connection has it; that of some 50 days ago looks like now.
    private bool _isPeerReached;
    private uint _peerReachedMs;

    // Sequence numbers in flight: sent, and neither known to have arrived nor deemed lost (pipe of RFC 6675).
    private uint InFlight
    {
        get
        {
            uint outstanding = _sndNxt - _sndUna - _sackedBytes - _lostBytes;
            return outstanding > _duplicateBytes ? outstanding - _duplicateBytes : 0;
        }
    }

    private void OnAcknowledgment(in TcpSegment segment, ulong nowNs)
    {
        uint ack = segment.Acknowledgment;
        if (Sequence.Less(ack, _sndUna))
        {
            return;
        }

        uint priorInFlight = InFlight;
        bool wasOutstanding = _ranges.Head is not null;
        bool isDuplicate = IsDuplicate(segment);
        uint priorWindow = _sndWnd;
        UpdateWindow(segment);
        uint acknowledged = ack - _sndUna;
        uint delivered = 0;
        _hasSeenDuplicate = false;
        _highestBefore = _highestDelivered;
        if (acknowledged > 0)
        {
            delivered = AcknowledgeRanges(segment, nowNs);
        }

        if (_isSackPermitted && segment.Options.SackBlocks.Length > 0)
        {
            delivered += TakeSackBlocks(segment, nowNs);
        }

        OnProbeAnswered(isDuplicate);
        bool isWaiting = wasOutstanding
            && OnDelivery(segment, acknowledged, delivered, isDuplicate, priorInFlight, nowNs);

        if (acknowledged > 0)
        {
            _backoff = 0;
            NotePeerReached(nowNs);
            _softError = NetError.None;
            RaiseWritable();
        }

        if (_retransmitKind == TcpTimer.Persist)
        {
            OnPersistAnswered(priorWindow, nowNs);
        }

        if (!isWaiting && acknowledged > 0)
        {
            ArmRetransmit(nowNs, restart: true);
        }
    }

    private void NotePeerReached(ulong nowNs)
    {
        _isPeerReached = true;
        _peerReachedMs = ToMilliseconds(nowNs);
    }

    private bool IsPeerReached(ulong nowNs) =>
        _isPeerReached && ToMilliseconds(nowNs) - _peerReachedMs < ToMilliseconds(NeighborCache.DelayNs);

    private static uint ToMilliseconds(ulong ns) => (uint)(ns / 1_000_000);

    // RFC 5681 section 2.
    private bool IsDuplicate(in TcpSegment segment) =>
        segment.Acknowledgment == _sndUna && segment.Payload.Length == 0 && !segment.Has(TcpFlags.Fin)
        && _ranges.Head is not null && (uint)segment.Window << _sndShift == _sndWnd;

    private void UpdateWindow(in TcpSegment segment)
    {
        if (Sequence.Less(_sndWl1, segment.Sequence)
            || (_sndWl1 == segment.Sequence && Sequence.LessOrEqual(_sndWl2, segment.Acknowledgment)))
        {
            _sndWnd = (uint)segment.Window << _sndShift;
            _sndWndMax = Math.Max(_sndWndMax, _sndWnd);
            _sndWl1 = segment.Sequence;
            _sndWl2 = segment.Acknowledgment;
        }
    }

    // Takes what is acknowledged off the scoreboard and out of the buffer. Returns the bytes that are news.
    private uint AcknowledgeRanges(in TcpSegment segment, ulong nowNs)
    {
        uint ack = segment.Acknowledgment;
        uint delivered = 0;
        ulong firstSentNs = ulong.MaxValue;
        ulong lastSentNs = 0;
        bool isAmbiguous = false;
        while (_ranges.Head is SentRange range && Sequence.Less(range.Start, ack))
        {
            bool isWhole = Sequence.LessOrEqual(range.End, ack);
            uint length = (isWhole ? range.End : ack) - range.Start;
            if (range.IsSacked)
            {
                _sackedBytes -= length;
            }
            else
            {
                delivered += length;
                NoteDelivered(range, isWhole ? range.End : ack, segment, nowNs);
                isAmbiguous |= range.IsRetransmitted;
                firstSentNs = Math.Min(firstSentNs, range.SentNs);
                lastSentNs = range.SentNs;
            }

            _lostBytes -= range.IsLost ? length : 0;
            range.Start += length;
            if (!isWhole)
            {
                break;
            }

            if (_retransmitHint == range)
            {
                _retransmitHint = null;
            }

            _ranges.Remove(range, _layer.Ranges);
        }

        TakeRttSample(segment, isAmbiguous, firstSentNs, lastSentNs, nowNs);
        uint bytes = ack - _sndUna;
        bool finAcknowledged = _isFinSent && ack == _sndNxt;
        uint payload = bytes - (finAcknowledged ? 1U : 0U);
        _sndUna = ack;
        _sendBuffer.Discard((int)payload, ack, _layer.Buffers, _layer.Pieces);
        BytesSent += payload;
        _progressNs = nowNs;
        _duplicateBytes = 0;
        return delivered;
    }

    // RFC 6298 section 3 (Karn): what was sent twice gives no sample, unless timestamps tell which copy arrived.
    private void TakeRttSample(in TcpSegment segment, bool isAmbiguous, ulong first, ulong last, ulong nowNs)
    {
        if (first == ulong.MaxValue)
        {
            return;
        }

        if (!isAmbiguous)
        {
            _rtt.Add(nowNs - first, nowNs);
            if (last != first)
            {
                _rtt.NoteMinimum(nowNs - last, nowNs);
            }
        }
        else if (_hasTimestamps && segment.Options.TimestampEcho != 0 && !ReportsDuplicate(segment))
        {
            // RFC 7323 section 4.1. The clock's unit is a millisecond: no less can be told. An acknowledgment that
            // reports a duplicate was caused by it, but echoes what came long before: its time says nothing.
            uint elapsedMs = TimestampAt(nowNs) - segment.Options.TimestampEcho;
            if (elapsedMs < int.MaxValue / 2)
            {
                _rtt.Add(Math.Max(elapsedMs, 1) * (ulong)TcpLayer.TimestampUnitNs, nowNs);
            }
        }
    }

    // What the acknowledgment means for losses and for the congestion window. Returns whether the timer waits for the
    // end of the reordering window.
    private bool OnDelivery(
        in TcpSegment segment, uint acknowledged, uint delivered, bool isDuplicate, uint priorInFlight, ulong nowNs)
    {
        bool isEndOfRecovery = false;
        if (acknowledged > 0)
        {
            UndoIfSpurious(segment);
            if (_recovery != TcpRecovery.Open && Sequence.GreaterOrEqual(_sndUna, _recoveryPoint))
            {
                isEndOfRecovery = _recovery == TcpRecovery.Fast;
                LeaveRecovery();
            }
        }

        bool isWaiting = false;
        if (_isSackPermitted)
        {
            isWaiting = DetectLosses(nowNs);
        }
        else
        {
            CountDuplicate(isDuplicate, acknowledged);
        }

        if (_hasNewLoss && _recovery == TcpRecovery.Open)
        {
            EnterRecovery();
        }

        _hasNewLoss = false;
        if (_recovery == TcpRecovery.Fast)
        {
            ReduceProportionally(delivered);
        }
        else if (delivered > 0 && !isEndOfRecovery)
        {
            // What ends a recovery sets the window to the threshold (RFC 5681 section 3.2, step 6); the next one grows
            // it.
            GrowWindow(delivered, priorInFlight, nowNs);
        }

        return isWaiting;
    }

    private void RaiseWritable()
    {
        if (!_isWriteBlocked || !CanSend)
        {
            return;
        }

        // A third at a time: neither a call per acknowledgment nor an empty pipe.
        int room = _sendBuffer.Room(SendLimit);
        if (room > 0 && room >= (room + _sendBuffer.Length) / 3)
        {
            _isWriteBlocked = false;
            Raise(TcpEvent.Writable);
        }
    }
}
