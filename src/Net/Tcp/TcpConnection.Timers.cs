// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Deadlines, and what happens when they come.</content>
public sealed partial class TcpConnection
{
    // When memory was missing and nothing else will wake the owner.
    private const ulong MemoryRetryNs = 50_000_000;

    // How long Cork may hold a small segment.
    private const ulong CorkNs = 200_000_000;

    private ulong _retransmitNs;
    private ulong _lifetimeNs;
    private ulong _closedNs;
    private ulong _corkNs;
    private ulong _memoryRetryNs;
    private TcpTimer _retransmitKind;
    private NetError _softError;
    private byte _backoff;
    private byte _unansweredProbes;
    private bool _isKeepAliveDue;
    private bool _isCorkOver;

    private ulong GiveUpNs => UserTimeoutNs != 0 ? UserTimeoutNs : _layer.Settings.GiveUpNs;

    private ulong KeepAliveNs =>
        !_isKeptAlive || _state is TcpState.SynSent or TcpState.SynReceived || _ranges.Head is not null || HasUnsent
            ? ulong.MaxValue
            : _lastReceivedNs + KeepAliveIdleNs + (_unansweredProbes * KeepAliveIntervalNs);

    /// <summary>The heap of timers has come to this connection, perhaps too early.</summary>
    internal void OnTimer(ulong nowNs)
    {
        if (_retransmitKind != TcpTimer.None && _retransmitNs <= nowNs)
        {
            OnRetransmitTimer(nowNs);
        }

        if (!IsOver && _delayedAckNs <= nowNs)
        {
            _delayedAckNs = ulong.MaxValue;
            _isAckNow = true;
            Mark();
        }

        if (!IsOver && _corkNs <= nowNs)
        {
            _corkNs = ulong.MaxValue;
            _isCorkOver = true;
            Mark();
        }

        if (!IsOver && _memoryRetryNs <= nowNs)
        {
            _memoryRetryNs = ulong.MaxValue;
            RaiseWritable();
        }

        if (!IsOver && KeepAliveNs <= nowNs)
        {
            OnKeepAlive();
        }

        if (!IsOver && _lifetimeNs <= nowNs)
        {
            OnLifetimeOver(nowNs);
        }

        Schedule();
    }

    private void ResetTimers()
    {
        _retransmitKind = TcpTimer.None;
        _retransmitNs = ulong.MaxValue;
        _lifetimeNs = ulong.MaxValue;
        _corkNs = ulong.MaxValue;
        _memoryRetryNs = ulong.MaxValue;
        _delayedAckNs = ulong.MaxValue;
        _isKeepAliveDue = false;
        _isCorkOver = false;
        _progressNs = 0;
    }

    private void Schedule()
    {
        if (IsOver)
        {
            return;
        }

        ulong next = Math.Min(Math.Min(_delayedAckNs, _lifetimeNs), Math.Min(_corkNs, _memoryRetryNs));
        if (_retransmitKind != TcpTimer.None)
        {
            next = Math.Min(next, _retransmitNs);
        }

        next = Math.Min(next, KeepAliveNs);
        if (next != ulong.MaxValue)
        {
            _layer.Timers.Schedule(this, next);
        }
    }

    // Sets the retransmission timer for what is outstanding (RFC 6298 section 5, RFC 8985 section 7.2).
    private void ArmRetransmit(ulong nowNs, bool restart)
    {
        if (_ranges.Head is null)
        {
            _retransmitKind = TcpTimer.None;
            return;
        }

        if (_sndWnd == 0)
        {
            ArmPersist(nowNs);
            return;
        }

        if (!restart && _retransmitKind is TcpTimer.Timeout or TcpTimer.Reordering)
        {
            return;
        }

        ulong timeout = nowNs + _rtt.TimeoutNs(_layer.Settings, _backoff);
        if (CanProbe)
        {
            SetRetransmit(TcpTimer.LossProbe, Math.Min(nowNs + ProbeDelayNs(), timeout));
        }
        else
        {
            SetRetransmit(TcpTimer.Timeout, timeout);
        }
    }

    private void ArmPersist(ulong nowNs)
    {
        if (_retransmitKind != TcpTimer.Persist)
        {
            SetRetransmit(TcpTimer.Persist, nowNs + _rtt.TimeoutNs(_layer.Settings, _backoff));
        }
    }

    private void SetRetransmit(TcpTimer kind, ulong deadlineNs)
    {
        _retransmitKind = kind;
        _retransmitNs = kind == TcpTimer.Persist && UserTimeoutNs == 0
            ? deadlineNs
            : Math.Min(deadlineNs, Math.Max(_progressNs + GiveUpNs, _progressNs));
    }

    private void OnRetransmitTimer(ulong nowNs)
    {
        TcpTimer kind = _retransmitKind;
        _retransmitKind = TcpTimer.None;
        if (_state is TcpState.SynSent or TcpState.SynReceived)
        {
            _backoff = (byte)Math.Min(_backoff + 1, byte.MaxValue);
            _isSynPending = true;
            Mark();
            return;
        }

        if (IsGivenUp(kind, nowNs))
        {
            SendReset();
            Finish(_softError != NetError.None ? _softError : NetError.TimedOut);
            return;
        }

        switch (kind)
        {
            case TcpTimer.Persist:
            case TcpTimer.Timeout when _sndWnd == 0:
                OnPersist(nowNs);
                break;
            case TcpTimer.LossProbe when CanProbe:
                _isProbePending = true;
                Mark();
                break;
            case TcpTimer.Reordering:
                OnReorderingOver(nowNs);
                break;
            default:
                OnTimeout(nowNs);
                break;
        }
    }

    // Probes with a byte of data, the next one or the first that is outstanding (RFC 9293 section 3.8.6.1). The same
    // timer ends waiting for a window that is too small to be used well (section 3.8.6.2.1).
    private void OnPersist(ulong nowNs)
    {
        if (_ranges.Head is null && Unsent == 0 && (!_isSendShut || _isFinSent))
        {
            return;
        }

        if (_sndWnd == 0 && _ranges.Head is SentRange head && !head.IsLost && !head.IsSacked)
        {
            MarkLost(head);
        }

        _backoff = (byte)Math.Min(_backoff + 1, byte.MaxValue);
        _unansweredProbes = (byte)Math.Min(_unansweredProbes + 1, byte.MaxValue);
        _isForced = true;
        ArmPersist(nowNs);
        Mark();
    }

    // A peer that answers probes of its closed window may keep it closed (RFC 9293 section 3.8.6.1, MUST-37), unless
    // the owner has set a bound.
    private bool IsGivenUp(TcpTimer kind, ulong nowNs)
    {
        if (kind != TcpTimer.Persist || UserTimeoutNs != 0)
        {
            return nowNs - _progressNs >= GiveUpNs;
        }

        bool isAnswered = _lastReceivedNs >= _lastSentNs;
        return !isAnswered && nowNs - Math.Max(_progressNs, _lastReceivedNs) >= GiveUpNs;
    }

    private void OnReorderingOver(ulong nowNs)
    {
        bool isWaiting = DetectLosses(nowNs);
        if (_hasNewLoss && _recovery == TcpRecovery.Open)
        {
            EnterRecovery();
            ReduceProportionally(0);
        }

        _hasNewLoss = false;
        if (_lostBytes > 0)
        {
            Mark();
        }

        if (!isWaiting)
        {
            ArmRetransmit(nowNs, restart: true);
        }
    }

    // RFC 6298 section 5.4 to 5.7, RFC 8985 section 6.3.
    private void OnTimeout(ulong nowNs)
    {
        if (_ranges.Head is not SentRange head)
        {
            return;
        }

        _layer.Counters.Timeouts++;
        if (head.IsSacked)
        {
            ForgetSacked();
        }

        if (_recovery != TcpRecovery.Timeout)
        {
            _canUndo &= _recovery == TcpRecovery.Fast;
            ReduceWindow();
            _cubic.OnTimeout();
        }

        _recovery = TcpRecovery.Timeout;
        _recoveryPoint = _sndNxt;
        _cwnd = (uint)_smss;
        _duplicates = 0;
        _duplicateBytes = 0;
        _isProbing = false;
        ulong patience = _rackRttNs + ReorderWindowNs();
        for (SentRange? range = head; range is not null; range = range.Next)
        {
            bool isOld = !_isSackPermitted || range == head || range.SentNs + patience <= nowNs;
            if (isOld && !range.IsSacked && !range.IsLost)
            {
                MarkLost(range);
            }
        }

        _backoff = (byte)Math.Min(_backoff + 1, byte.MaxValue);
        _isForced = true;
        SetRetransmit(TcpTimer.Timeout, nowNs + _rtt.TimeoutNs(_layer.Settings, _backoff));
        Mark();
    }

    // The peer answered while its window was closed. If it is open now, what was sent into the closed window was likely
    // dropped: it goes out again at once, and that is no congestion.
    private void OnPersistAnswered(uint priorWindow, ulong nowNs)
    {
        if (_sndWnd <= priorWindow)
        {
            // No news: the time of the next probe stays, however much else the peer sends.
            return;
        }

        _retransmitKind = TcpTimer.None;
        _backoff = 0;
        _progressNs = nowNs;
        if (priorWindow == 0 && _ranges.Head is SentRange head && !head.IsSacked && !head.IsLost)
        {
            MarkLost(head);
        }

        ArmRetransmit(nowNs, restart: true);
    }

    private void OnKeepAlive()
    {
        if (_unansweredProbes >= KeepAliveCount)
        {
            SendReset();
            Finish(_softError != NetError.None ? _softError : NetError.TimedOut);
            return;
        }

        _unansweredProbes++;
        _isKeepAliveDue = true;
        Mark();
    }

    private void OnLifetimeOver(ulong nowNs)
    {
        if (_state == TcpState.SynSent)
        {
            Finish(_softError != NetError.None ? _softError : NetError.TimedOut);
            return;
        }

        if (_isOrphan && IsOrphanServed(nowNs))
        {
            ulong nextNs = (_sndWnd == 0 ? nowNs : _progressNs) + _layer.Settings.OrphanTimeoutNs;
            _lifetimeNs = Math.Min(nextNs, _closedNs + _layer.Settings.OrphanMaxNs);
            return;
        }

        if (_state is not (TcpState.SynReceived or TcpState.FinWait2))
        {
            SendReset();
        }

        Finish(_state == TcpState.FinWait2 ? NetError.None : NetError.TimedOut);
    }

    // Whether the peer still takes what was sent before the close. It may also keep its window closed as long as it
    // answers probes (RFC 9293 section 3.8.6.1, MUST-37), but neither goes on for ever: the owner has gone.
    private bool IsOrphanServed(ulong nowNs)
    {
        TcpSettings settings = _layer.Settings;
        if (LingerNs != ulong.MaxValue || nowNs - _closedNs >= settings.OrphanMaxNs
            || _state is not (TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck))
        {
            return false;
        }

        return _sndWnd == 0
            ? _unansweredProbes < settings.OrphanProbesMax
            : nowNs - _progressNs < settings.OrphanTimeoutNs;
    }
}
