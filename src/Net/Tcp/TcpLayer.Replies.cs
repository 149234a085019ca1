// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tcp;

/// <content>Segments that no connection stands behind. They go out at once, or not at all if the link is
/// full.</content>
public sealed partial class TcpLayer
{
    /// <summary>Answers a segment that there is no connection for (RFC 9293 section 3.10.7.1).</summary>
    internal void SendResetFor(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        Counters.ResetsSent++;
        if (segment.Has(TcpFlags.Ack))
        {
            SendBare(segment, segment.Acknowledgment, 0, TcpFlags.Rst, 0, 0);
        }
        else
        {
            SendBare(
                segment, 0, segment.Sequence + segment.SequenceLength, TcpFlags.Rst | TcpFlags.Ack, 0, 0);
        }
    }

    private void SendCookie(in TcpSegment segment, ulong nowNs)
    {
        int overhead = segment.Local.Address.IsIpv4 ? 40 : 60;
        int fits = Math.Min(Ip.PathMtuOf(segment.Remote.Address), ushort.MaxValue) - overhead;
        int mss = segment.Options.Mss != 0 ? segment.Options.Mss : segment.Local.Address.IsIpv4 ? 536 : 1220;
        uint cookie = _cookies.Make(segment, mss, nowNs);
        Span<byte> options = HeaderScratch.AsSpan(TcpHeader.SizeOf);
        options[0] = TcpOptions.KindMss;
        options[1] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(options[2..], (ushort)fits);
        int length = 4;
        if (segment.Options.HasTimestamps)
        {
            length = WriteCookieOptions(options, segment, nowNs);
        }

        ushort window = (ushort)Math.Min(Settings.ReceiveBufferBytes - 1, ushort.MaxValue);
        SendBare(segment, cookie, segment.Sequence + 1, TcpFlags.Syn | TcpFlags.Ack, window, length);
    }

    private int WriteCookieOptions(Span<byte> options, in TcpSegment segment, ulong nowNs)
    {
        uint clock = (uint)(nowNs / TimestampUnitNs);
        uint value = SynCookies.MakeTimestamp(clock, segment.Options);
        value += Secrets.TimestampOffset(segment.Local, segment.Remote);
        bool isSackPermitted = segment.Options.IsSackPermitted;
        TcpOptions.WriteTimestamps(options[4..], value, segment.Options.TimestampValue);
        options[4] = isSackPermitted ? TcpOptions.KindSackPermitted : TcpOptions.KindNop;
        options[5] = isSackPermitted ? (byte)2 : TcpOptions.KindNop;
        if (segment.Options.WindowScale < 0)
        {
            return 4 + TcpOptions.TimestampsBytes;
        }

        options[16] = TcpOptions.KindNop;
        options[17] = TcpOptions.KindWindowScale;
        options[18] = 3;
        options[19] = TcpConnection.WindowShiftOf(TcpConnection.RoundLimit(Settings.ReceiveBufferBytes));
        return 8 + TcpOptions.TimestampsBytes;
    }

    // Answers a segment. Options, if there are some, are in the scratch header already.
    private void SendBare(
        in TcpSegment to, uint sequence, uint acknowledgment, TcpFlags flags, ushort window, int optionBytes,
        byte trafficClass = 0)
    {
        TcpHeader fields = new()
        {
            SourcePort = to.Local.Port,
            DestinationPort = to.Remote.Port,
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            HeaderBytes = TcpHeader.SizeOf + optionBytes,
            Flags = flags,
            Window = window,
        };
        fields.Write(HeaderScratch);
        IpTransmission packet = new()
        {
            Source = to.Local.Address,
            Destination = to.Remote.Address,
            Protocol = IpProtocol.Tcp,
            TrafficClass = trafficClass,
            ChecksumOffset = TcpHeader.ChecksumOffset,
            Header = HeaderScratch.AsSpan(0, fields.HeaderBytes),
        };
        if (Ip.Send(ref packet) == IpSendResult.Sent)
        {
            Counters.SegmentsSent++;
        }
    }
}
