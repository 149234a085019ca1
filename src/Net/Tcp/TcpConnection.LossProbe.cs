// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Tail loss probes (RFC 8985 section 7): when nothing comes back, the last segment asks why.</content>
public sealed partial class TcpConnection
{
    // No probe earlier than this: peers wake up and coalesce acknowledgments at such intervals.
    private const ulong ProbeDelayMinNs = 10_000_000;

    // How long a peer may delay the acknowledgment of a single segment (TLP.max_ack_delay).
    private const ulong PeerAckDelayNs = 200_000_000;

    private uint _probeEnd;
    private bool _isProbing;
    private bool _isProbePending;
    private bool _isProbeRetransmission;

    private bool CanProbe => _isSackPermitted && !_isProbing && _recovery == TcpRecovery.Open && _sackedBytes == 0
        && _rtt.SmoothedNs != 0 && _backoff == 0;

    private ulong ProbeDelayNs()
    {
        ulong delay = Math.Max(2 * _rtt.SmoothedNs, ProbeDelayMinNs);
        return _sndNxt - _sndUna <= (uint)_smss ? delay + PeerAckDelayNs : delay;
    }

    // New data if there is some and the window has room, else the last segment again (section 7.3).
    private bool SendProbe(ulong nowNs)
    {
        if (_ranges.Tail is null || _recovery != TcpRecovery.Open)
        {
            _isProbePending = false;
            return true;
        }

        int segment = PayloadMax();
        uint fresh = Math.Min(Math.Min(Unsent, (uint)segment), SendRoom);
        uint reach = Reach(fresh);
        bool isNew = fresh > 0 && (fresh == Unsent || fresh == (uint)segment || reach < fresh);
        fresh = reach;
        if (isNew ? !TransmitNew(fresh, withFin: false, nowNs) : !ProbeTail(segment, nowNs))
        {
            return false;
        }

        _isProbePending = false;
        _isProbing = true;
        _isProbeRetransmission = !isNew;
        _probeEnd = _sndNxt;
        _layer.Counters.LossProbes++;
        SetRetransmit(TcpTimer.Timeout, nowNs + _rtt.TimeoutNs(_layer.Settings, _backoff));
        return true;
    }

    private bool ProbeTail(int segment, ulong nowNs)
    {
        SentRange tail = _ranges.Tail!;
        uint last = ((tail.Length - 1) % (uint)segment) + 1;
        if (tail.Length > last)
        {
            _ranges.Split(tail, tail.End - last, _layer.Ranges);
        }

        return Retransmit(_ranges.Tail!, nowNs);
    }

    // Section 7.4.2: if the probe repaired a loss, nobody else would notice that there was one.
    private void OnProbeAnswered(bool isDuplicate)
    {
        if (!_isProbing || Sequence.Less(_sndUna, _probeEnd))
        {
            return;
        }

        if (!_isProbeRetransmission || _hasSeenDuplicate || (isDuplicate && _sackedBytes == 0))
        {
            _isProbing = false;
        }
        else if (Sequence.Greater(_sndUna, _probeEnd))
        {
            _isProbing = false;
            _canUndo = false;
            ReduceWindow();
            _canUndo = false;
            _cwnd = Math.Max(_ssthresh, (uint)_smss);
        }
    }
}
