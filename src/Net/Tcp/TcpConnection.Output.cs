// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>What goes out, and when: RFC 9293 section 3.8.6, RFC 5681, Nagle's algorithm with Minshall's
/// change.</content>
public sealed partial class TcpConnection
{
    private ulong _lastSentNs;
    private uint _smallEnd;
    private int _mss;
    private int _smss;
    private bool _hasSmall;
    private bool _isForced;
    private bool _isSendShut;
    private bool _isFinSent;

    // Bytes in the buffer that have not been sent.
    private uint Unsent => _isFinSent ? 0 : (uint)_sendBuffer.Length - (_sndNxt - _sndUna);

    private bool HasUnsent => _state is not (TcpState.SynSent or TcpState.SynReceived)
        && (Unsent > 0 || (_isSendShut && !_isFinSent) || _isKeepAliveDue || _isProbePending);

    // What the peer's window has room for.
    private uint SendRoom
    {
        get
        {
            uint edge = _sndUna + _sndWnd;
            return Sequence.Greater(edge, _sndNxt) ? edge - _sndNxt : 0;
        }
    }

    private uint CongestionRoom
    {
        get
        {
            uint inFlight = InFlight;
            return _cwnd > inFlight ? _cwnd - inFlight : 0;
        }
    }

    /// <summary>Sends what is to be sent.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>False if the link is full, and it must be called again.</returns>
    internal bool Output(ulong nowNs)
    {
        if (IsOver || _isHeld)
        {
            return true;
        }

        if (_state is TcpState.SynSent or TcpState.SynReceived)
        {
            bool done = !_isSynPending || SendSyn(nowNs);
            Schedule();
            return done;
        }

        bool isAllSent = SendDuplicateAcks(nowNs)
            && (!_isProbePending || SendProbe(nowNs)) && SendLost(nowNs) && SendNew(nowNs)
            && (!_isKeepAliveDue || SendKeepAlive(nowNs)) && (!_isAckNow || SendAck(nowNs));
        Schedule();
        return isAllSent;
    }

    private bool SendSyn(ulong nowNs)
    {
        TcpFlags flags = _state == TcpState.SynSent ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack;
        IpSendResult result = Transmit(_iss, flags, 0, 0, 0, nowNs);
        if (result == IpSendResult.LinkFull)
        {
            return false;
        }

        if (result == IpSendResult.Unreachable && _state == TcpState.SynSent)
        {
            Finish(NetError.Unreachable);
            return true;
        }

        _isSynPending = false;
        _sndNxt = _iss + 1;
        _lastSentNs = nowNs;
        if (_backoff > 0)
        {
            CountRetransmission();
        }

        _retransmitKind = TcpTimer.Timeout;
        _retransmitNs = nowNs + _rtt.TimeoutNs(_layer.Settings, _backoff);
        return true;
    }

    // Those with data would not count at the peer. The first with a new number is no duplicate.
    private bool SendDuplicateAcks(ulong nowNs)
    {
        if (_duplicateAcks > 0 && _lastAckSent != _rcvNxt && !SendAck(nowNs))
        {
            return false;
        }

        while (_duplicateAcks > 0)
        {
            if (!SendAck(nowNs))
            {
                return false;
            }

            _duplicateAcks--;
        }

        return true;
    }

    private bool SendAck(ulong nowNs) => Transmit(_sndNxt, TcpFlags.Ack, 0, 0, 0, nowNs) != IpSendResult.LinkFull;

    // RFC 9293 section 3.8.4: a number that was acknowledged before, so that the peer must answer.
    private bool SendKeepAlive(ulong nowNs)
    {
        if (Transmit(_sndNxt - 1, TcpFlags.Ack, 0, 0, 0, nowNs) == IpSendResult.LinkFull)
        {
            return false;
        }

        _isKeepAliveDue = false;
        return true;
    }

    // What is deemed lost, lowest first, as the congestion window allows.
    private bool SendLost(ulong nowNs)
    {
        while (_lostBytes > 0 && (_sndWnd > 0 || _isForced))
        {
            uint segment = (uint)PayloadMax();
            SentRange range = NextLost();
            uint room = CongestionRoom;
            if (!_isForced && room < Math.Min(range.Length, segment) && InFlight > 0)
            {
                _isWindowLimited = true;
                return true;
            }

            uint length = Math.Max(Math.Min(room, (uint)LargestPayload((int)segment)) / segment * segment, segment);
            if (_isForced && _sndWnd == 0)
            {
                length = 1;
            }

            if (length < range.Length)
            {
                _ranges.Split(range, range.Start + length, _layer.Ranges);
            }

            if (!Retransmit(range, nowNs))
            {
                return false;
            }

            _isForced = false;
        }

        return true;
    }

    private bool Retransmit(SentRange range, ulong nowNs)
    {
        int offset = (int)(range.Start - _sndUna);
        int length = (int)range.Length - (range.HasFin ? 1 : 0);
        int reach = _sendBuffer.Reach(offset, length);
        if (reach < length)
        {
            _ranges.Split(range, range.Start + (uint)reach, _layer.Ranges);
            length = reach;
        }

        TcpFlags flags = TcpFlags.Ack | (range.HasFin ? TcpFlags.Fin : TcpFlags.Psh);
        int before = _mss;
        IpSendResult result = Transmit(range.Start, flags, offset, length, PayloadMax(), nowNs);
        if (result == IpSendResult.LinkFull || IsToBeCut(result, before))
        {
            return result != IpSendResult.LinkFull;
        }

        if (range.IsLost)
        {
            range.IsLost = false;
            _lostBytes -= range.Length;
        }

        range.IsRetransmitted = true;
        range.SentNs = nowNs;
        _lastSentNs = nowNs;
        if (_recovery == TcpRecovery.Fast)
        {
            _prrOut += range.Length;
        }

        if (!_hasUndoTimestamp)
        {
            _undoTimestamp = TimestampAt(nowNs);
            _hasUndoTimestamp = true;
        }

        CountRetransmission();
        ArmRetransmit(nowNs, restart: false);
        return true;
    }

    // The path has become narrower and the segment did not go out: whoever sends comes back to it with smaller ones.
    private bool IsToBeCut(IpSendResult result, int mssBefore) =>
        result == IpSendResult.TooLarge && _mss < mssBefore;

    private void CountRetransmission()
    {
        Retransmissions++;
        _layer.Counters.Retransmissions++;
    }

    private bool SendNew(ulong nowNs)
    {
        _isWindowLimited = _lostBytes > 0;
        while (_ranges.Count < SentRangeList.CountMax && (_lostBytes == 0 || _isForced))
        {
            uint unsent = Unsent;
            bool isFinDue = _isSendShut && !_isFinSent;
            if (unsent == 0 && !isFinDue)
            {
                break;
            }

            if (_ranges.Head is null)
            {
                RestartAfterIdle(nowNs);
            }

            uint length = Sendable(unsent, isFinDue, nowNs);
            bool withFin = isFinDue && length == unsent && (SendRoom > length || _isForced);
            if (length == 0 && !withFin)
            {
                WaitForWindow(nowNs);
                break;
            }

            if (!TransmitNew(length, withFin, nowNs))
            {
                return false;
            }
        }

        _isForced = false;
        return true;
    }

    private bool TransmitNew(uint length, bool withFin, ulong nowNs)
    {
        bool isLast = length == Unsent;
        TcpFlags flags = TcpFlags.Ack | (withFin ? TcpFlags.Fin : 0) | (isLast ? TcpFlags.Psh : 0);
        int segment = PayloadMax();
        int offset = (int)(_sndNxt - _sndUna);
        int before = _mss;
        IpSendResult result = Transmit(_sndNxt, flags, offset, (int)length, segment, nowNs);
        if (result == IpSendResult.LinkFull || IsToBeCut(result, before))
        {
            return result != IpSendResult.LinkFull;
        }

        if (_ranges.Head is null)
        {
            _progressNs = nowNs;
        }

        NoteSent(length + (withFin ? 1U : 0U), withFin, nowNs);
        if (length % (uint)segment != 0)
        {
            _hasSmall = true;
            _smallEnd = _sndNxt;
        }

        _isForced = false;
        _isCorkOver &= !isLast;
        _lastSentNs = nowNs;
        ArmRetransmit(nowNs, restart: false);
        return true;
    }

    private void NoteSent(uint length, bool withFin, ulong nowNs)
    {
        SentRange? tail = _ranges.Tail;
        if (tail is not null && tail.SentNs == nowNs && !tail.IsSacked && !tail.IsLost && !tail.IsRetransmitted)
        {
            // One time of sending, one range.
            tail.End += length;
            tail.HasFin = withFin;
        }
        else
        {
            SentRange range = _layer.Ranges.Take();
            range.Start = _sndNxt;
            range.End = _sndNxt + length;
            range.SentNs = nowNs;
            range.HasFin = withFin;
            _ranges.Append(range);
        }

        _sndNxt += length;
        _isFinSent |= withFin;
        if (_recovery == TcpRecovery.Fast)
        {
            _prrOut += length;
        }
    }

    // How many bytes go out now as one transmission.
    private uint Sendable(uint unsent, bool isFinDue, ulong nowNs)
    {
        uint segment = (uint)PayloadMax();
        uint window = SendRoom;
        if (_isForced)
        {
            return Reach(Math.Min(Math.Min(unsent, Math.Max(window, 1)), segment));
        }

        uint congestion = CongestionRoom;
        uint most = Math.Min(window, congestion);
        uint length = Math.Min(Math.Min(unsent, most), (uint)LargestPayload((int)segment));
        uint reach = Reach(length);
        if (reach < length)
        {
            // What was lent is short. The rest of a segment goes with what follows, unless that is all there is.
            return reach < segment ? reach : reach / segment * segment;
        }

        uint whole = length / segment * segment;
        if (length == unsent)
        {
            return whole == length || MaySendSmall(isFinDue, nowNs) ? length : whole;
        }

        _isWindowLimited |= congestion < window && congestion < unsent;

        // The window ends inside a segment: wait for more of it, unless it is never much larger (RFC 9293 section
        // 3.8.6.2.1).
        bool isSillyAvoided = length < segment && window <= congestion && window > 0 && window >= _sndWndMax / 2;
        return whole > 0 || !isSillyAvoided ? whole : length;
    }

    // How much of what has not been sent can go in one transmission.
    private uint Reach(uint most) => (uint)_sendBuffer.Reach((int)(_sndNxt - _sndUna), (int)most);

    private bool MaySendSmall(bool isFinDue, ulong nowNs)
    {
        if (isFinDue)
        {
            return true;
        }

        if (_isCorked && !_isCorkOver)
        {
            _corkNs = Math.Min(_corkNs, nowNs + CorkNs);
            return false;
        }

        return NoDelay || !_hasSmall || Sequence.GreaterOrEqual(_sndUna, _smallEnd);
    }

    // Nothing is outstanding, so nothing will come back by itself: the window has to be asked about.
    private void WaitForWindow(ulong nowNs)
    {
        if (_ranges.Head is null && _corkNs == ulong.MaxValue)
        {
            ArmPersist(nowNs);
        }
    }
}
