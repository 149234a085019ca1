// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Whom a segment is for.</content>
public sealed partial class TcpLayer
{
    /// <summary>Takes a segment that came. Only state changes; answers go out in the next <see cref="Poll"/>, but for
    /// those that no connection stands behind.</summary>
    /// <param name="packet">The packet that brought it.</param>
    /// <param name="segment">Header, options, payload. Valid during the call only.</param>
    /// <param name="nowNs">The time; not earlier than before.</param>
    public void Receive(in IpPacket packet, ReadOnlySpan<byte> segment, ulong nowNs)
    {
        NowNs = nowNs;
        Counters.SegmentsReceived++;
        if (packet.Destination.IsMulticast || packet.Source.IsMulticast || packet.Source.IsAny
            || packet.Destination == IpAddress.Ipv4Broadcast || packet.Source == IpAddress.Ipv4Broadcast)
        {
            // RFC 9293 section 3.9.2.3, MUST-57.
            return;
        }

        if (!TcpHeader.TryParse(segment, out TcpHeader header))
        {
            Counters.BadHeaders++;
            return;
        }

        if (!packet.IsChecksumTrusted && !IsChecksumGood(packet, segment))
        {
            Counters.BadChecksums++;
            return;
        }

        TcpSegment parsed = new()
        {
            Local = new IpEndpoint(packet.Destination, header.DestinationPort),
            Remote = new IpEndpoint(packet.Source, header.SourcePort),
            Sequence = header.Sequence,
            Acknowledgment = header.Acknowledgment,
            Flags = header.Flags,
            Window = header.Window,
            SegmentBytes = packet.SegmentBytes,
            Options = TcpOptions.Parse(segment[TcpHeader.SizeOf..header.HeaderBytes]),
            Payload = segment[header.HeaderBytes..],
        };
        Dispatch(ref parsed, nowNs);
    }

    /// <summary>Takes an ICMP error about a segment of ours (RFC 9293 section 3.9.2.2).</summary>
    /// <param name="error">What it says.</param>
    /// <param name="local">Source of the packet that caused it.</param>
    /// <param name="remote">Destination of the packet that caused it.</param>
    /// <param name="quoted">The beginning of the segment that caused it: at least ports and sequence number.</param>
    /// <param name="nowNs">The time.</param>
    public void ReceiveError(
        TcpPathError error, IpAddress local, IpAddress remote, ReadOnlySpan<byte> quoted, ulong nowNs)
    {
        const int QuotedMin = 8;
        NowNs = nowNs;
        if (quoted.Length < QuotedMin)
        {
            return;
        }

        IpEndpoint ours = new(local, (ushort)((quoted[0] << 8) | quoted[1]));
        IpEndpoint theirs = new(remote, (ushort)((quoted[2] << 8) | quoted[3]));
        TcpConnection? connection = Connections.Find(ours, theirs);
        if (connection is not null)
        {
            uint sequence = ((uint)quoted[4] << 24) | ((uint)quoted[5] << 16) | ((uint)quoted[6] << 8) | quoted[7];
            connection.OnPathError(error, sequence);
            connection.DeliverEvents();
        }
    }

    /// <summary>Whether a challenge acknowledgment may go out (RFC 5961 section 7).</summary>
    internal bool MayChallenge(ulong nowNs)
    {
        if (_challenges.Take(nowNs))
        {
            Counters.ChallengeAcks++;
            return true;
        }

        Counters.ChallengeAcksLimited++;
        return false;
    }

    private static bool IsChecksumGood(in IpPacket packet, ReadOnlySpan<byte> segment)
    {
        uint sum = InternetChecksum.PseudoHeader(
            packet.Source, packet.Destination, IpProtocol.Tcp, (uint)segment.Length);
        return InternetChecksum.Fold(InternetChecksum.Add(sum, segment)) == InternetChecksum.Good;
    }

    private void Dispatch(ref TcpSegment segment, ulong nowNs)
    {
        TcpConnection? connection = Connections.Find(segment.Local, segment.Remote);
        if (connection is not null)
        {
            connection.OnSegment(ref segment, nowNs);
            connection.DeliverEvents();
            return;
        }

        uint? after = null;
        int timeWait = _timeWaits.Find(segment.Local, segment.Remote);
        if (timeWait != TimeWaitTable.None && !TryLeaveTimeWait(timeWait, segment, nowNs, out after))
        {
            return;
        }

        TcpListener? listener = FindListener(segment.Local);
        if (listener is null)
        {
            SendResetFor(segment);
            return;
        }

        OnSegmentInListen(listener, segment, after, nowNs);
    }
}
