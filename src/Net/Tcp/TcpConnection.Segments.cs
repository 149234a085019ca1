// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tcp;

/// <content>Making segments: header, options, and handing them to IP.</content>
public sealed partial class TcpConnection
{
    // Blocks beside a timestamps option: the header has 40 bytes for options.
    private const int SackBlocksWithTimestamps = 3;

    private const int MssOptionBytes = 4;
    private const int WindowScaleOptionBytes = 3;
    private const int TimestampsOptionBytes = 10;

    private int SackBlockCount
    {
        get
        {
            int count = (_gaps?.Count ?? 0) + (_duplicateStart != _duplicateEnd ? 1 : 0);
            return !_isSackPermitted || count == 0
                ? 0
                : Math.Min(count, _hasTimestamps ? SackBlocksWithTimestamps : TcpOptions.SackBlocksMax);
        }
    }

    // Options of a segment that is not a SYN.
    private int OptionBytes
    {
        get
        {
            int blocks = SackBlockCount;
            return (_hasTimestamps ? TcpOptions.TimestampsBytes : 0)
                + (blocks == 0 ? 0 : TcpOptions.SackHeaderBytes + (blocks * TcpOptions.SackBlockBytes));
        }
    }

    /// <summary>Sends a reset that the peer will believe.</summary>
    internal void SendReset()
    {
        _layer.Counters.ResetsSent++;
        _ = Transmit(_sndNxt, TcpFlags.Rst | TcpFlags.Ack, 0, 0, 0, _layer.NowNs);
    }

    /// <summary>The path takes smaller packets only. What was sent in larger ones goes out again (RFC 8899 section
    /// 4.4, RFC 1191 section 6.2): that is no congestion.</summary>
    internal void OnPathMtuChanged()
    {
        int before = _mss;
        UpdateMss();
        if (_mss >= before || _state is TcpState.SynSent or TcpState.SynReceived)
        {
            return;
        }

        for (SentRange? range = _ranges.Head; range is not null; range = range.Next)
        {
            if (!range.IsSacked && !range.IsLost)
            {
                MarkLost(range);
            }
        }

        _isProbePending = false;
        _cwnd = Math.Max(_cwnd, (uint)_smss);
        Mark();
    }

    private uint TimestampAt(ulong nowNs) => (uint)(nowNs / TcpLayer.TimestampUnitNs) + _tsOffset;

    // Most payload of one segment on the wire, with the options as they are now.
    private int PayloadMax() => _mss - OptionBytes;

    // Most payload of one transmission.
    private int LargestPayload(int segment)
    {
        if (!_layer.Ip.IsSegmentationOffloaded)
        {
            return segment;
        }

        int room = Math.Min(_layer.Ip.LargestPacketBytes, ushort.MaxValue) - HeaderOverhead - OptionBytes;
        return Math.Max(room / segment, 1) * segment;
    }

    private IpSendResult Transmit(
        uint sequence, TcpFlags flags, int offset, int length, int segmentBytes, ulong nowNs)
    {
        Span<byte> header = _layer.HeaderScratch;
        bool isSyn = (flags & TcpFlags.Syn) != 0;
        if (!isSyn)
        {
            AdvanceEdge();
        }

        int options = isSyn
            ? WriteSynOptions(header[TcpHeader.SizeOf..], nowNs)
            : WriteOptions(header[TcpHeader.SizeOf..], nowNs);
        TcpHeader fields = new()
        {
            SourcePort = _local.Port,
            DestinationPort = _remote.Port,
            Sequence = sequence,
            Acknowledgment = (flags & TcpFlags.Ack) != 0 ? _rcvNxt : 0,
            HeaderBytes = TcpHeader.SizeOf + options,
            Flags = flags,
            Window = isSyn ? SynWindowField() : WindowField(),
        };
        fields.Write(header);
        IpTransmission packet = new()
        {
            Source = _local.Address,
            Destination = _remote.Address,
            Protocol = IpProtocol.Tcp,
            TrafficClass = TrafficClass,
            IsPayloadStable = true,
            IsPeerReached = IsPeerReached(nowNs),
            SegmentBytes = (ushort)(length > segmentBytes ? segmentBytes : 0),
            ChecksumOffset = TcpHeader.ChecksumOffset,
            Header = header[..fields.HeaderBytes],
        };
        _sendBuffer.Peek(offset, length, out packet.Payload, out packet.PayloadTail);
        IpSendResult result = _layer.Ip.Send(ref packet);
        if (result == IpSendResult.LinkFull)
        {
            return result;
        }

        _isPeerReached = false;
        _layer.Counters.SegmentsSent++;
        if ((flags & TcpFlags.Ack) != 0)
        {
            _lastAckSent = _rcvNxt;
            _isAckNow = false;
            _delayedAckNs = ulong.MaxValue;
            _duplicateEnd = _duplicateStart;
        }

        if (result == IpSendResult.TooLarge)
        {
            OnPathMtuChanged();
        }

        return result;
    }

    private ushort SynWindowField() =>
        (ushort)Math.Min(_receiveLimit - ReceiveSlack - _receiveBuffer.Readable, ushort.MaxValue);

    // RFC 9293 section 3.7.1, RFC 7323 sections 2.2 and 3.2, RFC 2018 section 2. An answer has only what the SYN had.
    private int WriteSynOptions(Span<byte> options, ulong nowNs)
    {
        options[0] = TcpOptions.KindMss;
        options[1] = MssOptionBytes;
        BinaryPrimitives.WriteUInt16BigEndian(options[2..], _advertisedMss);
        int at = MssOptionBytes;
        if (_hasTimestamps)
        {
            options[at] = _isSackPermitted ? TcpOptions.KindSackPermitted : TcpOptions.KindNop;
            options[at + 1] = _isSackPermitted ? (byte)2 : TcpOptions.KindNop;
            options[at + 2] = TcpOptions.KindTimestamps;
            options[at + 3] = TimestampsOptionBytes;
            BinaryPrimitives.WriteUInt32BigEndian(options[(at + 4)..], TimestampAt(nowNs));
            BinaryPrimitives.WriteUInt32BigEndian(options[(at + 8)..], _tsRecent);
            at += TcpOptions.TimestampsBytes;
        }
        else if (_isSackPermitted)
        {
            options[at] = TcpOptions.KindNop;
            options[at + 1] = TcpOptions.KindNop;
            options[at + 2] = TcpOptions.KindSackPermitted;
            options[at + 3] = 2;
            at += 4;
        }

        if (_isWindowScaled)
        {
            options[at] = TcpOptions.KindNop;
            options[at + 1] = TcpOptions.KindWindowScale;
            options[at + 2] = WindowScaleOptionBytes;
            options[at + 3] = _rcvShift;
            at += 4;
        }

        return at;
    }

    private int WriteOptions(Span<byte> options, ulong nowNs)
    {
        int at = 0;
        if (_hasTimestamps)
        {
            TcpOptions.WriteTimestamps(options, TimestampAt(nowNs), _tsRecent);
            at = TcpOptions.TimestampsBytes;
        }

        int blocks = SackBlockCount;
        if (blocks == 0)
        {
            return at;
        }

        options[at] = TcpOptions.KindNop;
        options[at + 1] = TcpOptions.KindNop;
        options[at + 2] = TcpOptions.KindSack;
        options[at + 3] = (byte)(2 + (blocks * TcpOptions.SackBlockBytes));
        WriteSackBlocks(options[(at + 4)..], blocks);
        return at + TcpOptions.SackHeaderBytes + (blocks * TcpOptions.SackBlockBytes);
    }

    // What came twice first (RFC 2883), then what came last (RFC 2018 section 4).
    private void WriteSackBlocks(Span<byte> destination, int blocks)
    {
        if (_duplicateStart != _duplicateEnd)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, _duplicateStart);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], _duplicateEnd);
            destination = destination[TcpOptions.SackBlockBytes..];
            blocks--;
        }

        uint stamp = uint.MaxValue;
        for (; blocks > 0 && _gaps!.TryNextRecent(ref stamp, out uint start, out uint end); blocks--)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, start);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], end);
            destination = destination[TcpOptions.SackBlockBytes..];
        }
    }
}
