// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>
/// The congestion window: slow start (RFC 5681), CUBIC (RFC 9438), proportional rate reduction (RFC 6937), and taking a
/// needless reduction back (RFC 3522, RFC 4015).
/// </content>
public sealed partial class TcpConnection
{
    // Windows beyond this have no effect: send buffers are not larger.
    private const uint WindowMax = 1U << 28;

    private uint _cwnd;
    private uint _ssthresh;
    private uint _recoveryPoint;
    private uint _prrDelivered;
    private uint _prrOut;
    private uint _prrFlight;
    private uint _undoWindow;
    private uint _undoThreshold;
    private uint _undoTimestamp;
    private bool _canUndo;
    private bool _hasUndoTimestamp;
    private bool _isWindowLimited;
    private TcpRecovery _recovery;
    private Cubic _cubic;

    private void ResetSending()
    {
        _ranges = default;
        _retransmitHint = null;
        _sackedBytes = 0;
        _lostBytes = 0;
        _duplicateBytes = 0;
        _rtt = default;
        _cubic = default;
        _recovery = TcpRecovery.Open;
        _isSendShut = false;
        _isFinSent = false;
        _isSynPending = false;
        _isWriteBlocked = false;
        _isWindowLimited = false;
        _canUndo = false;
        _hasUndoTimestamp = false;
        _isReorderingSeen = false;
        _rackSentNs = 0;
        _reorderMultiple = 1;
        _reorderPersist = 0;
        _duplicates = 0;
        _probeEnd = 0;
        _isProbing = false;
        _backoff = 0;
        _isForced = false;
        _softError = NetError.None;
        _sndWnd = 0;
        _sndWndMax = 0;
        _cwnd = 0;
        _ssthresh = uint.MaxValue;
        _lastSentNs = 0;
        _unansweredProbes = 0;
        _hasSmall = false;
        _hasNewLoss = false;
        _isProbePending = false;
    }

    // Congestion: what the window was is remembered in case it turns out to be none.
    private void ReduceWindow()
    {
        if (!_canUndo)
        {
            _undoWindow = _cwnd;
            _undoThreshold = _ssthresh;
            _canUndo = true;
            _hasUndoTimestamp = false;
        }

        double segments = _cubic.OnCongestion((double)_cwnd / _smss);
        _ssthresh = (uint)((segments * _smss) + 0.5);
    }

    private void EnterRecovery()
    {
        _canUndo = false;
        ReduceWindow();
        _recovery = TcpRecovery.Fast;
        _recoveryPoint = _sndNxt;
        _prrDelivered = 0;
        _prrOut = 0;
        _prrFlight = Math.Max(_sndNxt - _sndUna, 1);
        _isProbing = false;
        _layer.Counters.Recoveries++;
    }

    private void LeaveRecovery()
    {
        if (_recovery == TcpRecovery.Fast)
        {
            _cwnd = Math.Max(_ssthresh, (uint)_smss);
        }

        _recovery = TcpRecovery.Open;
        _canUndo = false;
        _duplicates = 0;
        OnRecoveryEnded();
    }

    // RFC 6937 section 3, with the slow start reduction bound.
    private void ReduceProportionally(uint delivered)
    {
        _prrDelivered += delivered;
        uint pipe = InFlight;
        long count;
        if (pipe > _ssthresh)
        {
            long allowed = (((long)_prrDelivered * _ssthresh) + _prrFlight - 1) / _prrFlight;
            count = allowed - _prrOut;
        }
        else
        {
            long limit = Math.Max((long)_prrDelivered - _prrOut, delivered) + _smss;
            count = Math.Min((long)_ssthresh - pipe, limit);
        }

        // The first retransmission goes out whatever the count says.
        count = Math.Max(count, _prrOut == 0 ? _smss : 0);
        _cwnd = (uint)Math.Clamp(pipe + count, _smss, WindowMax);
    }

    // Only a window that was used may grow (RFC 9293 section 3.8.2 by way of RFC 5681; RFC 7661).
    private void GrowWindow(uint delivered, uint priorInFlight, ulong nowNs)
    {
        if (_cwnd < _ssthresh)
        {
            if (_isWindowLimited || _cwnd < 2 * priorInFlight)
            {
                uint grown = Math.Min(_cwnd + delivered, WindowMax);
                _cwnd = _cwnd < _ssthresh && grown > _ssthresh ? _ssthresh : grown;
            }

            return;
        }

        if (_isWindowLimited || priorInFlight + (3 * (uint)_smss) >= _cwnd)
        {
            double next = _cubic.OnAcknowledged(
                (double)_cwnd / _smss, (double)delivered / _smss, _rtt.SmoothedNs, nowNs);
            _cwnd = (uint)Math.Clamp(next * _smss, _smss, WindowMax);
        }
    }

    // Eifel: an acknowledgment that echoes a timestamp from before the first retransmission is that of the original, so
    // nothing was lost (RFC 3522 section 3.2). The window is restored (RFC 4015 section 3.2).
    private void UndoIfSpurious(in TcpSegment segment)
    {
        if (!_canUndo || !_hasUndoTimestamp || _recovery == TcpRecovery.Open || !_hasTimestamps
            || segment.Options.TimestampEcho == 0
            || !Sequence.Less(segment.Options.TimestampEcho, _undoTimestamp))
        {
            return;
        }

        UnmarkLost();
        _cwnd = Math.Max(_cwnd, _undoWindow);
        _ssthresh = _undoThreshold;
        _cubic.EndEpoch();
        _recovery = TcpRecovery.Open;
        _canUndo = false;
        _backoff = 0;
        _layer.Counters.SpuriousRecoveries++;
    }

    // RFC 5681 section 4.1, RFC 2861: what the path carried before an idle time says little; start again from the
    // initial window, and remember most of the old one.
    private void RestartAfterIdle(ulong nowNs)
    {
        ulong idle = nowNs - _lastSentNs;
        if (_lastSentNs == 0 || idle <= _rtt.TimeoutNs(_layer.Settings, 0))
        {
            return;
        }

        uint initial = Math.Min(InitialWindowSegments * (uint)_smss, Math.Max(2 * (uint)_smss, 14600));
        if (_cwnd > initial)
        {
            _ssthresh = Math.Max(_ssthresh, _cwnd / 4 * 3);
            _cwnd = initial;
        }

        _cubic.OnIdle(idle);
    }
}
