// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <content>Putting fragments together.</content>
public sealed partial class IpLayer
{
    // What a "time exceeded" quotes; IPv6 takes the larger part of its smallest MTU.
    private const int QuoteBytesMax = 1232;

    private void ReassembleIpv4(ReadOnlySpan<byte> packet, in Ipv4Header header, IpPacket about, ulong nowNs)
    {
        ReassemblyStatus status = _reassembler.Add(
            IpFragment.Of(header), packet[header.HeaderBytes..], nowNs, out ReassembledDatagram datagram);
        if (status == ReassemblyStatus.Complete)
        {
            DeliverDatagram(ref datagram, about, nowNs);
        }
        else if (status != ReassemblyStatus.Waiting)
        {
            Counters.Malformed++;
        }
    }

    private void ReassembleIpv6(
        ReadOnlySpan<byte> packet, in Ipv6Header header, in Ipv6Extensions extensions, IpPacket about, ulong nowNs)
    {
        ReadOnlySpan<byte> payload = packet[(Ipv6Header.SizeBytes + extensions.PayloadOffset)..];
        ReassemblyStatus status = _reassembler.Add(
            IpFragment.Of(header, extensions), payload, nowNs, out ReassembledDatagram datagram);
        switch (status)
        {
            case ReassemblyStatus.Waiting:
                break;

            case ReassemblyStatus.Complete:
                DeliverDatagram(ref datagram, about, nowNs);
                break;

            case ReassemblyStatus.LengthProblem:
            case ReassemblyStatus.OffsetProblem:
                // RFC 8200 section 4.5: the pointer says which field is wrong.
                Counters.Malformed++;
                int pointer = status == ReassemblyStatus.LengthProblem
                    ? 4
                    : Ipv6Header.SizeBytes + extensions.PayloadOffset - Ipv6FragmentHeader.SizeBytes + 2;
                Icmp.SendParameterProblem(
                    about, (byte)Icmpv6ParameterCode.ErroneousField, pointer, packet, evenIfMulticast: false, nowNs);
                break;

            default:
                Counters.Malformed++;
                break;
        }
    }

    private void DeliverDatagram(ref ReassembledDatagram datagram, IpPacket about, ulong nowNs)
    {
        about.TrafficClass = datagram.TrafficClass;
        about.HopLimit = datagram.HopLimit;

        // A link knows nothing of the checksum of what came in pieces.
        about.IsChecksumTrusted = false;
        about.SegmentBytes = 0;

        // What an error quotes: the whole packet as if it had come in one piece, as far as that may be long.
        Span<byte> packet = stackalloc byte[QuoteBytesMax];
        int headerBytes = about.Source.IsIpv4 ? Ipv4Header.SizeBytes : Ipv6Header.SizeBytes;
        var rebuilt = new IpTransmission
        {
            Source = about.Source,
            Destination = about.Destination,
            Protocol = datagram.Protocol,
            HopLimit = about.HopLimit,
            TrafficClass = about.TrafficClass,
        };
        int quotedBytes = Math.Min(datagram.LengthBytes, QuoteBytesMax - headerBytes);
        WriteIpHeader(packet, rebuilt, Math.Min(datagram.LengthBytes, ushort.MaxValue - headerBytes));
        datagram.Payload[..quotedBytes].CopyTo(packet[headerBytes..]);
        ReadOnlySpan<byte> quote = packet[..(headerBytes + quotedBytes)];
        if (about.Source.IsIpv4)
        {
            Deliver(datagram.Protocol, about, datagram.Payload, quote, 9, nowNs);
        }
        else if (Ipv6Extensions.TryWalk(
            datagram.Payload, datagram.Protocol, isReassembled: true, out Ipv6Extensions extensions))
        {
            Deliver(
                extensions.Protocol,
                about,
                datagram.Payload[extensions.PayloadOffset..],
                quote,
                extensions.ProtocolPointer,
                nowNs);
        }
        else
        {
            Counters.Malformed++;
        }

        _reassembler.Release(ref datagram);
    }

    private void PollReassembler(ulong nowNs)
    {
        if (_reassembler.NextDeadlineNs <= nowNs)
        {
            Span<byte> quote = stackalloc byte[QuoteBytesMax];
            while (_reassembler.TryExpire(nowNs, quote, out ReassemblyTimeout timeout))
            {
                if (timeout.IsReportDue)
                {
                    var about = new IpPacket { Source = timeout.Source, Destination = timeout.Destination };
                    Icmp.SendReassemblyTimeExceeded(about, quote[..timeout.QuoteBytes], nowNs);
                }
            }
        }
    }
}
