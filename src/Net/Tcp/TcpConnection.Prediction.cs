// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <content>Header prediction (Jacobson, 1990): nearly every segment is the next one in order, or acknowledges in
/// order. It passes every check of the long way, so none is made.</content>
public sealed partial class TcpConnection
{
    private bool TryPredicted(in TcpSegment segment, ulong nowNs)
    {
        bool isPlain = (segment.Flags & ~TcpFlags.Psh) == TcpFlags.Ack && _state == TcpState.Established
            && segment.Sequence == _rcvNxt && _gaps is null && !_hasPeerFin;
        if (!isPlain || !IsPredictedTimestamp(segment))
        {
            return false;
        }

        uint length = (uint)segment.Payload.Length;
        bool isAdvance = Sequence.Greater(segment.Acknowledgment, _sndUna)
            && Sequence.LessOrEqual(segment.Acknowledgment, _sndNxt);
        bool isData = length > 0 && segment.Acknowledgment == _sndUna && length <= WindowEdge - _rcvNxt
            && (uint)segment.Window << _sndShift == _sndWnd && segment.Options.SackBlocks.Length == 0;
        if (!isData && !(length == 0 && isAdvance))
        {
            return false;
        }

        if (_hasTimestamps && _rcvNxt == _lastAckSent)
        {
            _tsRecent = segment.Options.TimestampValue;
            _tsRecentNs = nowNs;
        }

        _lastReceivedNs = nowNs;
        _unansweredProbes = 0;
        if (isData)
        {
            if (!TakePayload(segment, segment.Sequence + length, nowNs))
            {
                _layer.Counters.BufferDrops++;
            }

            _sndWl1 = segment.Sequence;
            _sndWl2 = segment.Acknowledgment;
        }
        else
        {
            OnAcknowledgment(segment, nowNs);
        }

        MarkIfNeeded();
        Schedule();
        return true;
    }

    private bool IsPredictedTimestamp(in TcpSegment segment) => !_hasTimestamps
        || (segment.Options.HasTimestamps
            && Sequence.GreaterOrEqual(segment.Options.TimestampValue, _tsRecent));
}
