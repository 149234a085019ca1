// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Payload that comes, the window that is offered, and when to acknowledge.</content>
public sealed partial class TcpConnection
{
    // The window that a new connection offers; it grows when the owner keeps up (see OnConsumed).
    private const int ReceiveLimitFirst = 64 * 1024;

    // Duplicate acknowledgments of one poll. Three tell of a loss; more let the peer send more meanwhile.
    private const int DuplicateAcksMax = 16;

    private IntervalSet? _gaps;
    private uint _rcvNxt;
    private uint _rcvEdge;
    private uint _lastAckSent;
    private uint _peerFin;
    private uint _duplicateStart;
    private uint _duplicateEnd;
    private uint _pendingTsRecent;
    private uint _consumedInRound;
    private ulong _roundNs;
    private ulong _delayedAckNs;
    private int _receiveLimit;
    private ushort _rcvMss;
    private bool _isAckNow;
    private int _duplicateAcks;
    private bool _hasPeerFin;
    private bool _isPeerEnded;
    private bool _hasPendingTsRecent;

    // The window field is a multiple of its unit. Rounding it up never takes back what was offered; the slack is the
    // place for what a peer may then send beyond.
    private int ReceiveSlack => 1 << _rcvShift;

    // One past the last sequence number that is taken.
    private uint WindowEdge =>
        Sequence.LessOrEqual(_rcvEdge, _rcvNxt) ? _rcvNxt : _rcvEdge + (uint)ReceiveSlack - 1;

    private void ResetReceiving()
    {
        _rcvNxt = 0;
        _rcvEdge = 0;
        _lastAckSent = 0;
        _duplicateStart = 0;
        _duplicateEnd = 0;
        _consumedInRound = 0;
        _roundNs = 0;
        _rcvMss = 536;
        _isAckNow = false;
        _duplicateAcks = 0;
        _hasPeerFin = false;
        _isPeerEnded = false;
        _hasPendingTsRecent = false;
        _hasTimestamps = false;
        _isSackPermitted = false;
        _isWindowScaled = false;
        _sndShift = 0;
        _rcvShift = 0;
        _lastReceivedNs = _layer.NowNs;
        _lastAnswerNs = 0;
        _tsRecent = 0;
        _tsRecentNs = 0;
    }

    // Seventh and eighth check: payload and FIN.
    private void OnPayload(in TcpSegment segment, ulong nowNs)
    {
        bool hasFin = segment.Has(TcpFlags.Fin);
        if (segment.Payload.Length == 0 && !hasFin)
        {
            return;
        }

        if (_isPeerEnded)
        {
            // Nothing can follow a FIN.
            _isAckNow = true;
            return;
        }

        if (_isOrphan && segment.Payload.Length > 0)
        {
            // Nobody will read it, and the peer has to know (RFC 9293 section 3.6.1, RFC 1122 section 4.2.2.13).
            SendReset();
            Finish(NetError.Aborted);
            return;
        }

        uint end = segment.Sequence + (uint)segment.Payload.Length;
        if (hasFin && !_hasPeerFin)
        {
            _hasPeerFin = true;
            _peerFin = end;
        }

        if (segment.Payload.Length > 0 && !TakePayload(segment, end, nowNs))
        {
            _layer.Counters.BufferDrops++;
            if (hasFin)
            {
                _hasPeerFin = false;
            }

            return;
        }

        if (_hasPeerFin && _peerFin == _rcvNxt)
        {
            OnPeerEnd(nowNs);
        }
        else if (segment.Sequence != _rcvNxt && segment.Payload.Length == 0)
        {
            _isAckNow = true;
        }
    }

    private bool TakePayload(in TcpSegment segment, uint end, ulong nowNs)
    {
        if (_hasPeerFin && Sequence.Greater(end, _peerFin))
        {
            // Bytes behind the end: the peer contradicts itself.
            _isAckNow = true;
            return true;
        }

        int distance = (int)(segment.Sequence - _rcvNxt);
        int stored = _gaps is null ? 0 : (int)(_gaps.Highest - _rcvNxt);
        if (distance > 0)
        {
            return TakeBehindGap(segment, end, distance, stored, nowNs);
        }

        if (!_receiveBuffer.Store(0, segment.Payload, stored, _receiveLimitMax, _layer.Buffers))
        {
            return false;
        }

        Advance(segment, end, nowNs);
        return true;
    }

    private bool TakeBehindGap(in TcpSegment segment, uint end, int distance, int stored, ulong nowNs)
    {
        _isAckNow = true;
        OweDuplicateAcks(segment);
        if (_gaps is not null && _gaps.Contains(segment.Sequence, end))
        {
            NoteDuplicate(segment);
            return true;
        }

        _gaps ??= _layer.TakeIntervals();
        if (!_receiveBuffer.Store(distance, segment.Payload, stored, _receiveLimitMax, _layer.Buffers)
            || !_gaps.Add(segment.Sequence, end))
        {
            if (_gaps.Count == 0)
            {
                DropGaps();
                _receiveBuffer.Discard(0, hasMore: false, _layer.Buffers);
            }

            return false;
        }

        NotePeerReached(nowNs);
        return true;
    }

    // Without SACK the peer counts acknowledgments to find a loss (RFC 5681 section 3.2), so that each segment behind a
    // gap has to get its own (section 4.2), however many came in one frame or before one poll.
    private void OweDuplicateAcks(in TcpSegment segment)
    {
        if (!_isSackPermitted)
        {
            int size = segment.SegmentBytes != 0 ? segment.SegmentBytes : segment.Payload.Length;
            int segments = (segment.Payload.Length + size - 1) / size;
            _duplicateAcks = Math.Min(_duplicateAcks + segments, DuplicateAcksMax);
        }
    }

    private void Advance(in TcpSegment segment, uint end, ulong nowNs)
    {
        _duplicateAcks = 0;
        uint next = end;
        if (_gaps is not null)
        {
            next = _gaps.TakeUpTo(end);
            _isAckNow = true;
            if (_gaps.Count == 0)
            {
                DropGaps();
            }
        }

        uint count = next - _rcvNxt;
        _receiveBuffer.Commit((int)count);
        _rcvNxt = next;
        BytesReceived += count;
        NotePeerReached(nowNs);
        Raise(TcpEvent.Readable);
        int onWire = segment.SegmentBytes != 0 ? segment.SegmentBytes : segment.Payload.Length;
        _rcvMss = (ushort)Math.Min(Math.Max(_rcvMss, onWire), _advertisedMss);
        DelayAck(nowNs);
    }

    // RFC 9293 section 3.8.6.3: at least every second full segment, and never later than the delay.
    private void DelayAck(ulong nowNs)
    {
        if (_rcvNxt - _lastAckSent >= 2U * _rcvMss)
        {
            _isAckNow = true;
        }
        else if (_delayedAckNs == ulong.MaxValue)
        {
            _delayedAckNs = nowNs + _layer.Settings.DelayedAckNs;
        }
    }

    private void OnPeerEnd(ulong nowNs)
    {
        _isPeerEnded = true;
        _rcvNxt++;
        _isAckNow = true;
        Raise(TcpEvent.Readable);
        switch (_state)
        {
            case TcpState.Established:
                _state = TcpState.CloseWait;
                break;
            case TcpState.FinWait1:
                _state = TcpState.Closing;
                break;
            case TcpState.FinWait2:
                EnterTimeWait(nowNs);
                break;
            default:
                break;
        }
    }

    private void DropGaps()
    {
        if (_gaps is not null)
        {
            _layer.ReturnIntervals(_gaps);
            _gaps = null;
        }
    }

    // RFC 2883: what came twice is reported once, in front of the other blocks.
    private void NoteDuplicate(in TcpSegment segment)
    {
        if (_isSackPermitted && segment.Payload.Length > 0)
        {
            uint end = segment.Sequence + (uint)segment.Payload.Length;
            bool isOld = Sequence.LessOrEqual(segment.Sequence, _rcvNxt);
            _duplicateStart = segment.Sequence;
            _duplicateEnd = isOld ? Sequence.Min(end, _rcvNxt) : end;
        }
    }

    // Moves the right edge of the window if that is worth it (RFC 9293 section 3.8.6.2.2), never to the left.
    private void AdvanceEdge()
    {
        int room = _receiveLimit - ReceiveSlack - _receiveBuffer.Readable;
        uint edge = _rcvNxt + (uint)Math.Max(room, 0);
        int gain = (int)(edge - _rcvEdge);
        if (gain >= Math.Min(_receiveLimit / 2, _rcvMss))
        {
            _rcvEdge = edge;
        }
        else if (Sequence.Less(_rcvEdge, _rcvNxt))
        {
            _rcvEdge = _rcvNxt;
        }
    }

    // The window field of a segment that is not a SYN.
    private ushort WindowField()
    {
        uint window = Sequence.Greater(_rcvEdge, _rcvNxt) ? _rcvEdge - _rcvNxt : 0;
        return (ushort)Math.Min((window + (uint)ReceiveSlack - 1) >> _rcvShift, ushort.MaxValue);
    }

    // The owner has read. If it reads a large part of the window in every round trip, the window is what limits the
    // peer.
    private void OnConsumed(uint count)
    {
        _consumedInRound += count;
        ulong now = _layer.NowNs;
        if (now - _roundNs >= Math.Max(_rtt.SmoothedNs, 1))
        {
            if (_consumedInRound > (uint)_receiveLimit / 2 && _isWindowScaled)
            {
                _receiveLimit = Math.Min(_receiveLimit * 2, _receiveLimitMax);
            }

            _consumedInRound = 0;
            _roundNs = now;
        }

        // Tell the peer if the window doubles, or opens again.
        uint offered = Sequence.Greater(_rcvEdge, _rcvNxt) ? _rcvEdge - _rcvNxt : 0;
        int possible = _receiveLimit - ReceiveSlack - _receiveBuffer.Readable;
        if (!_isPeerEnded && possible >= 2 * (long)offered
            && possible - (int)offered >= Math.Min(_receiveLimit / 2, _rcvMss))
        {
            _isAckNow = true;
            Mark();
        }
    }
}
