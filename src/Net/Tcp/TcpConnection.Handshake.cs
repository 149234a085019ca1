// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>From the first SYN to ESTABLISHED (RFC 9293 sections 3.5 and 3.10.7.3).</content>
public sealed partial class TcpConnection
{
    // What a peer that says nothing takes (RFC 9293 section 3.7.1, MUST-15).
    private const int DefaultMssIpv4 = 536;
    private const int DefaultMssIpv6 = 1220;

    // Segments below this cost more than they carry; peers that ask for less are hostile or broken.
    private const int MssMin = 88;

    private const int HeadersIpv4 = 40;
    private const int HeadersIpv6 = 60;

    // Segments of the initial window (RFC 6928).
    private const uint InitialWindowSegments = 10;

    private uint _iss;
    private uint _irs;
    private bool _isSynPending;
    private bool _isSackPermitted;
    private bool _isWindowScaled;
    private byte _sndShift;
    private byte _rcvShift;
    private ushort _peerMss;
    private ushort _advertisedMss;

    private int HeaderOverhead => _remote.Address.IsIpv4 ? HeadersIpv4 : HeadersIpv6;

    /// <summary>Begins an active open.</summary>
    internal void OpenActively(ulong nowNs)
    {
        _state = TcpState.SynSent;
        _hasTimestamps = true;
        _isSackPermitted = true;
        _isWindowScaled = true;
        _rcvShift = WindowShiftOf(_receiveLimitMax);
        _peerMss = (ushort)(_remote.Address.IsIpv4 ? DefaultMssIpv4 : DefaultMssIpv6);
        UpdateMss();
        ChooseSequence(nowNs, after: null);
        _isSynPending = true;
        _progressNs = nowNs;
        _lifetimeNs = nowNs + _layer.Settings.ConnectTimeoutNs;
        Mark();
        Schedule();
    }

    /// <summary>Begins a passive open: a SYN came.</summary>
    /// <param name="segment">The SYN.</param>
    /// <param name="after">Last sequence number of an earlier connection in TIME-WAIT, which must be exceeded.</param>
    /// <param name="isHeld">Whether it is not to be answered yet.</param>
    /// <param name="nowNs">The time.</param>
    internal void OpenPassively(in TcpSegment segment, uint? after, bool isHeld, ulong nowNs)
    {
        _state = TcpState.SynReceived;
        _rcvShift = WindowShiftOf(_receiveLimitMax);
        TakeSynOptions(segment, nowNs);
        ChooseSequence(nowNs, after);
        _isHeld = isHeld;
        _isSynPending = !isHeld;
        _progressNs = nowNs;
        _lifetimeNs = nowNs + (isHeld ? _layer.Settings.ConnectTimeoutNs : _layer.Settings.SynReceivedTimeoutNs);
        if (!isHeld)
        {
            Mark();
        }

        Schedule();
    }

    /// <summary>Becomes what a SYN cookie tells: a connection of which only the last acknowledgment is known.</summary>
    internal void OpenFromCookie(in TcpSegment segment, in SynCookieContent cookie, ulong nowNs)
    {
        _state = TcpState.SynReceived;
        _rcvShift = WindowShiftOf(_receiveLimitMax);
        _irs = segment.Sequence - 1;
        _rcvNxt = segment.Sequence;
        _lastAckSent = _rcvNxt;
        _iss = segment.Acknowledgment - 1;
        StartSequences();
        _sndNxt = segment.Acknowledgment;
        _tsOffset = _layer.Secrets.TimestampOffset(_local, _remote);
        _hasTimestamps = segment.Options.HasTimestamps;
        _isSackPermitted = cookie.IsSackPermitted;
        _isWindowScaled = cookie.WindowScale >= 0;
        _sndShift = (byte)Math.Max((int)cookie.WindowScale, 0);
        _rcvShift = _isWindowScaled ? _rcvShift : (byte)0;
        _peerMss = cookie.Mss;
        _tsRecent = segment.Options.TimestampValue;
        _tsRecentNs = nowNs;
        _rcvEdge = _rcvNxt + (uint)Math.Min(ushort.MaxValue, _receiveLimit - ReceiveSlack);
        _progressNs = nowNs;
        _lifetimeNs = nowNs + _layer.Settings.SynReceivedTimeoutNs;
        UpdateMss();
        StartWindow();
    }

    // RFC 9293 section 3.10.7.3.
    private void OnSegmentInSynSent(ref TcpSegment segment, ulong nowNs)
    {
        bool hasAck = segment.Has(TcpFlags.Ack);
        if (hasAck && (Sequence.LessOrEqual(segment.Acknowledgment, _iss)
            || Sequence.Greater(segment.Acknowledgment, _sndNxt)))
        {
            if (!segment.Has(TcpFlags.Rst))
            {
                _layer.SendResetFor(segment);
            }

            return;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            if (hasAck)
            {
                Finish(NetError.Refused);
            }

            return;
        }

        if (!segment.Has(TcpFlags.Syn))
        {
            return;
        }

        TakeSynOptions(segment, nowNs);
        _lastReceivedNs = nowNs;
        if (!hasAck)
        {
            // Simultaneous open (RFC 9293 section 3.5, figure 7).
            _state = TcpState.SynReceived;
            _isSynPending = true;
            Mark();
            Schedule();
            return;
        }

        segment.Sequence++;
        segment.Flags &= ~TcpFlags.Syn;
        Establish(segment, segment.Window, nowNs);
        _isAckNow = true;
        OnPayload(segment, nowNs);
        if (!IsOver)
        {
            Mark();
            Schedule();
        }
    }

    // RFC 9293 section 3.10.7.4, fifth check in SYN-RECEIVED.
    private bool OnLastOfHandshake(in TcpSegment segment, ulong nowNs)
    {
        if (Sequence.LessOrEqual(segment.Acknowledgment, _iss) || Sequence.Greater(segment.Acknowledgment, _sndNxt))
        {
            _layer.SendResetFor(segment);
            return false;
        }

        if (Listener is not null && !LeaveSynQueue(Listener))
        {
            // The application is behind. The peer believes it is connected; our SYN comes again, and so will its
            // answer.
            _layer.Counters.ListenDrops++;
            return false;
        }

        Establish(segment, (uint)segment.Window << _sndShift, nowNs);
        return true;
    }

    private void Establish(in TcpSegment segment, uint window, ulong nowNs)
    {
        bool isFirstTry = _backoff == 0;
        _sndUna = _iss + 1;
        _sndNxt = _sndUna;
        _backoff = 0;
        _isSynPending = false;
        _retransmitKind = TcpTimer.None;
        _lifetimeNs = _isOrphan ? _lifetimeNs : ulong.MaxValue;
        _sndWnd = window;
        _sndWndMax = window;
        _sndWl1 = segment.Sequence;
        _sndWl2 = segment.Acknowledgment;
        _progressNs = nowNs;
        if (isFirstTry && _lastSentNs != 0)
        {
            _rtt.Add(nowNs - _lastSentNs, nowNs);
        }

        _highestDelivered = _sndUna;
        _reorderRoundEnd = _sndUna;
        StartWindow();
        if (!isFirstTry)
        {
            // A lost SYN is a sign of congestion (RFC 5681 section 3.1).
            _cwnd = (uint)_smss;
        }

        _state = TcpState.Established;
        if (Listener is null)
        {
            Raise(TcpEvent.Connected);
        }

        if (_isSendShut)
        {
            _state = TcpState.FinWait1;
        }
    }

    private bool LeaveSynQueue(TcpListener listener)
    {
        if (_isOwned)
        {
            // Whoever held the SYN has the connection already.
            listener.SynQueueCount--;
            Listener = null;
            return true;
        }

        if (!listener.TryEnqueue(this))
        {
            return false;
        }

        Raise(TcpEvent.Acceptable);
        return true;
    }

    private void TakeSynOptions(in TcpSegment segment, ulong nowNs)
    {
        bool isAnswer = _state == TcpState.SynSent;
        TcpOptions options = segment.Options;
        _irs = segment.Sequence;
        _rcvNxt = _irs + 1;
        _lastAckSent = _rcvNxt;
        _hasTimestamps = options.HasTimestamps && (!isAnswer || _hasTimestamps);
        _isSackPermitted = options.IsSackPermitted;
        _isWindowScaled = options.WindowScale >= 0;
        _sndShift = (byte)Math.Max((int)options.WindowScale, 0);
        _rcvShift = _isWindowScaled ? _rcvShift : (byte)0;
        _tsRecent = options.TimestampValue;
        _tsRecentNs = nowNs;
        _sndWnd = segment.Window;
        int mss = options.Mss != 0 ? options.Mss : _remote.Address.IsIpv4 ? DefaultMssIpv4 : DefaultMssIpv6;
        _peerMss = (ushort)Math.Max(mss, MssMin);
        _rcvEdge = _rcvNxt + (uint)Math.Min(ushort.MaxValue, _receiveLimit - ReceiveSlack);
        UpdateMss();
    }

    private void ChooseSequence(ulong nowNs, uint? after)
    {
        _tsOffset = _layer.Secrets.TimestampOffset(_local, _remote);
        _iss = TcpLayer.SequenceClock(nowNs) + _layer.Secrets.SequenceOffset(_local, _remote);
        if (after is uint last && Sequence.LessOrEqual(_iss, last))
        {
            _iss = last + ushort.MaxValue;
        }

        StartSequences();
    }

    private void StartSequences()
    {
        _sndUna = _iss;
        _sndNxt = _iss;
    }

    private void UpdateMss()
    {
        // RFC 6691: neither side counts options.
        int fits = Math.Min(_layer.Ip.PathMtuOf(_remote.Address), ushort.MaxValue) - HeaderOverhead;
        _advertisedMss = (ushort)fits;
        _mss = Math.Max(Math.Min(_peerMss, fits), MssMin);
        _smss = _mss - (_hasTimestamps ? TcpOptions.TimestampsBytes : 0);
    }

    // RFC 6928 section 2.
    private void StartWindow()
    {
        uint mss = (uint)_smss;
        _cwnd = Math.Min(InitialWindowSegments * mss, Math.Max(2 * mss, 14600));
        _ssthresh = uint.MaxValue;
    }

    internal static byte WindowShiftOf(int limit)
    {
        int shift = 0;
        while (shift < TcpOptions.WindowScaleMax && limit >> shift > ushort.MaxValue)
        {
            shift++;
        }

        return (byte)shift;
    }
}
