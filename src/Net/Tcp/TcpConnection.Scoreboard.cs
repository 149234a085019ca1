// SPDX-License-Identifier: MIT

namespace Denali.Net.Tcp;

/// <content>The scoreboard: which bytes the peer has behind a gap (RFC 2018, RFC 6675), and what it got twice
/// (RFC 2883).</content>
public sealed partial class TcpConnection
{
    private SentRangeList _ranges;
    private SentRange? _retransmitHint;
    private uint _sackedBytes;
    private uint _lostBytes;
    private bool _hasSeenDuplicate;

    /// <summary>Ranges on the scoreboard.</summary>
    internal int OutstandingRangeCount => _ranges.Count;

    private uint TakeSackBlocks(in TcpSegment segment, ulong nowNs)
    {
        uint delivered = 0;
        int count = segment.Options.SackBlockCount;
        for (int i = 0; i < count; i++)
        {
            segment.Options.SackBlock(i, out uint start, out uint end);
            if (i == 0 && IsDuplicateReport(segment, start, end))
            {
                _hasSeenDuplicate = true;
                OnDuplicateReported();
                continue;
            }

            if (Sequence.Greater(start, _sndUna) && Sequence.Less(start, end)
                && Sequence.LessOrEqual(end, _sndNxt))
            {
                delivered += MarkSacked(start, end, segment, nowNs);
            }
        }

        return delivered;
    }

    private static bool ReportsDuplicate(in TcpSegment segment)
    {
        if (segment.Options.SackBlockCount == 0)
        {
            return false;
        }

        segment.Options.SackBlock(0, out uint start, out uint end);
        return IsDuplicateReport(segment, start, end);
    }

    // RFC 2883 section 4: the first block lies below the acknowledgment, or inside the second block.
    private static bool IsDuplicateReport(in TcpSegment segment, uint start, uint end)
    {
        if (!Sequence.Less(start, end))
        {
            return false;
        }

        if (Sequence.LessOrEqual(end, segment.Acknowledgment))
        {
            // As far back as a peer can honestly remember.
            return Sequence.GreaterOrEqual(start, segment.Acknowledgment - int.MaxValue / 2);
        }

        if (segment.Options.SackBlockCount < 2)
        {
            return false;
        }

        segment.Options.SackBlock(1, out uint otherStart, out uint otherEnd);
        return Sequence.LessOrEqual(otherStart, start) && Sequence.LessOrEqual(end, otherEnd);
    }

    private uint MarkSacked(uint start, uint end, in TcpSegment segment, ulong nowNs)
    {
        uint delivered = 0;
        SentRange? range = _ranges.Head;
        while (range is not null && Sequence.Less(range.Start, end))
        {
            if (range.IsSacked || Sequence.LessOrEqual(range.End, start))
            {
                range = range.Next;
                continue;
            }

            if (Sequence.Less(range.Start, start))
            {
                if (!TrySplit(range, start))
                {
                    break;
                }

                range = range.Next!;
            }

            if (Sequence.Greater(range.End, end) && !TrySplit(range, end))
            {
                break;
            }

            delivered += range.Length;
            range = MarkSacked(range, segment, nowNs).Next;
        }

        return delivered;
    }

    private SentRange MarkSacked(SentRange range, in TcpSegment segment, ulong nowNs)
    {
        NoteDelivered(range, range.End, segment, nowNs);
        range.IsSacked = true;
        _sackedBytes += range.Length;
        _lostBytes -= range.IsLost ? range.Length : 0;
        range.IsLost = false;
        if (_retransmitHint == range)
        {
            _retransmitHint = null;
        }

        // When something has arrived, nothing else about it matters: neighbours become one.
        if (range.Next is SentRange next && next.IsSacked)
        {
            range.End = next.End;
            range.HasFin |= next.HasFin;
            _ranges.Remove(next, _layer.Ranges);
        }

        if (range.Previous is SentRange previous && previous.IsSacked)
        {
            previous.End = range.End;
            previous.HasFin |= range.HasFin;
            _ranges.Remove(range, _layer.Ranges);
            return previous;
        }

        return range;
    }

    private bool TrySplit(SentRange range, uint at)
    {
        if (_ranges.Count >= SentRangeList.CountMax)
        {
            return false;
        }

        _ranges.Split(range, at, _layer.Ranges);
        return true;
    }

    private void MarkLost(SentRange range)
    {
        range.IsLost = true;
        _lostBytes += range.Length;
        if (_retransmitHint is null || Sequence.Less(range.Start, _retransmitHint.Start))
        {
            _retransmitHint = range;
        }
    }

    // The lowest range that is to be sent again. Only if there is one.
    private SentRange NextLost()
    {
        SentRange? range = _retransmitHint ?? _ranges.Head;
        while (range is not null && !range.IsLost)
        {
            range = range.Next;
        }

        if (range is null)
        {
            range = _ranges.Head;
            while (!range!.IsLost)
            {
                range = range.Next;
            }
        }

        _retransmitHint = range;
        return range;
    }

    private void UnmarkLost()
    {
        for (SentRange? range = _ranges.Head; range is not null; range = range.Next)
        {
            range.IsLost = false;
        }

        _lostBytes = 0;
        _retransmitHint = null;
    }

    // RFC 2018 section 8: the peer may have thrown away what it reported. A timeout believes it no longer.
    private void ForgetSacked()
    {
        for (SentRange? range = _ranges.Head; range is not null; range = range.Next)
        {
            range.IsSacked = false;
        }

        _sackedBytes = 0;
    }
}
