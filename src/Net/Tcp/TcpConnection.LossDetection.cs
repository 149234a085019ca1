// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>
/// Finding losses: RACK (RFC 8985 section 6) with SACK, duplicate acknowledgments (RFC 5681 section 3.2, RFC 6582)
/// without.
/// </content>
public sealed partial class TcpConnection
{
    // DupThresh of RFC 5681 and RFC 8985.
    private const uint DuplicateThreshold = 3;

    // RFC 8985 section 6.2: how long a wider reordering window stays.
    private const byte ReorderPersistence = 16;

    // The reordering window is at most a smoothed round-trip time, so a larger multiple says nothing.
    private const byte ReorderMultipleMax = 20;

    private ulong _rackSentNs;
    private ulong _rackRttNs;
    private uint _rackEnd;
    private uint _highestDelivered;
    private uint _highestBefore;
    private uint _reorderRoundEnd;
    private uint _duplicateBytes;
    private byte _reorderMultiple;
    private byte _reorderPersist;
    private byte _duplicates;
    private bool _isReorderingSeen;
    private bool _hasNewLoss;

    // RFC 8985 section 6.2 steps 1 to 3, for one range that was newly acknowledged.
    private void NoteDelivered(SentRange range, uint end, in TcpSegment segment, ulong nowNs)
    {
        if (!range.IsRetransmitted)
        {
            if (Sequence.Less(end, _highestBefore))
            {
                _isReorderingSeen = true;
            }
        }
        else if (IsOfFirstCopy(range, segment, nowNs))
        {
            return;
        }

        _highestDelivered = Sequence.Max(_highestDelivered, end);
        if (range.SentNs > _rackSentNs || (range.SentNs == _rackSentNs && Sequence.Greater(end, _rackEnd)))
        {
            _rackSentNs = range.SentNs;
            _rackEnd = end;
            _rackRttNs = nowNs - range.SentNs;
        }
    }

    // Whether an acknowledgment is likely that of the transmission before the last one.
    private bool IsOfFirstCopy(SentRange range, in TcpSegment segment, ulong nowNs)
    {
        if (_hasTimestamps && segment.Options.TimestampEcho != 0
            && Sequence.Less(segment.Options.TimestampEcho, TimestampAt(range.SentNs)))
        {
            return true;
        }

        return nowNs - range.SentNs < _rtt.MinimumNs;
    }

    // RFC 8985 section 6.2 step 5: what was sent before something that has arrived, and long enough ago, is lost.
    // Returns whether the timer now waits for the end of the reordering window.
    private bool DetectLosses(ulong nowNs)
    {
        if (_rackSentNs == 0 || _ranges.Head is null)
        {
            return false;
        }

        ulong patience = _rackRttNs + ReorderWindowNs();
        ulong wait = 0;
        for (SentRange? range = _ranges.Head; range is not null; range = range.Next)
        {
            if (range.IsSacked || range.IsLost)
            {
                continue;
            }

            bool isEarlier = range.SentNs < _rackSentNs
                || (range.SentNs == _rackSentNs && Sequence.Less(range.End, _rackEnd));
            if (!isEarlier)
            {
                if (!range.IsRetransmitted)
                {
                    // Everything behind it was sent later still.
                    break;
                }

                continue;
            }

            ulong due = range.SentNs + patience;
            if (due <= nowNs)
            {
                MarkLost(range);
                _hasNewLoss = true;
            }
            else
            {
                wait = Math.Max(wait, due - nowNs);
            }
        }

        if (wait > 0)
        {
            SetRetransmit(TcpTimer.Reordering, nowNs + wait);
            return true;
        }

        if (_retransmitKind == TcpTimer.Reordering)
        {
            ArmRetransmit(nowNs, restart: true);
        }

        return false;
    }

    // RFC 8985 section 6.2 step 4.
    private ulong ReorderWindowNs()
    {
        if (!_isReorderingSeen
            && (_recovery != TcpRecovery.Open || _sackedBytes >= DuplicateThreshold * (uint)_smss))
        {
            return 0;
        }

        return Math.Min(_reorderMultiple * _rtt.MinimumNs / 4, _rtt.SmoothedNs);
    }

    // A retransmission was needless: wait longer for reordered segments. Once per round trip.
    private void OnDuplicateReported()
    {
        if (Sequence.GreaterOrEqual(_sndUna, _reorderRoundEnd))
        {
            _reorderRoundEnd = _sndNxt;
            _reorderMultiple = (byte)Math.Min(_reorderMultiple + 1, ReorderMultipleMax);
            _reorderPersist = ReorderPersistence;
        }
    }

    private void OnRecoveryEnded()
    {
        if (_reorderPersist > 0 && --_reorderPersist == 0)
        {
            _reorderMultiple = 1;
        }
    }

    // Without SACK: the third duplicate says that the first segment is lost; in recovery each new acknowledgment below
    // the recovery point says that of the next one (RFC 6582 section 3.2).
    private void CountDuplicate(bool isDuplicate, uint acknowledged)
    {
        if (isDuplicate)
        {
            // Each duplicate tells of one more segment that has left the network.
            _duplicateBytes = Math.Min(_duplicateBytes + (uint)_smss, _sndNxt - _sndUna);
            if (_duplicates < byte.MaxValue && ++_duplicates == DuplicateThreshold && _recovery == TcpRecovery.Open)
            {
                MarkFirstLost();
            }
        }
        else if (acknowledged > 0)
        {
            _duplicates = 0;
            if (_recovery == TcpRecovery.Fast)
            {
                MarkFirstLost();
            }
        }
    }

    private void MarkFirstLost()
    {
        if (_ranges.Head is not SentRange head || head.IsLost)
        {
            return;
        }

        if (head.Length > (uint)_smss)
        {
            _ranges.Split(head, head.Start + (uint)_smss, _layer.Ranges);
        }

        MarkLost(head);
        _hasNewLoss = true;
    }
}
