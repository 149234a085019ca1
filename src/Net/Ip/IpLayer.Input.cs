// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <content>Frames in.</content>
public sealed partial class IpLayer
{
    // Who sent the frame that is looked at.
    private MacAddress _senderMac;

    /// <summary>Takes a frame.</summary>
    internal void Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong nowNs)
    {
        NowNs = nowNs;
        Counters.FramesReceived++;
        if (!EthernetHeader.TryParse(frame, out EthernetHeader header))
        {
            Counters.Malformed++;
            return;
        }

        if (header.Destination != Interface.Mac && !header.Destination.IsGroup)
        {
            Counters.NotForUs++;
            return;
        }

        ReadOnlySpan<byte> payload = frame[EthernetHeader.SizeBytes..];
        switch (header.EtherType)
        {
            case EtherType.Arp:
                ReceiveArp(payload, nowNs);
                break;

            case EtherType.Ipv4:
            case EtherType.Ipv6:
                // One says what the other is: a frame that lies about it is malformed.
                if (payload.IsEmpty || payload[0] >> 4 != (header.EtherType == EtherType.Ipv4 ? 4 : 6))
                {
                    Counters.Malformed++;
                    break;
                }

                _senderMac = header.Source;
                ReceivePacket(
                    payload, offload.IsChecksumPartial || offload.IsChecksumGood, offload.SegmentBytes, nowNs);
                break;

            default:
                Counters.NotForUs++;
                break;
        }
    }

    private void ReceivePacket(ReadOnlySpan<byte> packet, bool isTrusted, ushort segmentBytes, ulong nowNs)
    {
        if (packet[0] >> 4 == 4)
        {
            ReceiveIpv4(packet, isTrusted, segmentBytes, nowNs);
        }
        else
        {
            ReceiveIpv6(packet, isTrusted, segmentBytes, nowNs);
        }
    }

    private void ReceiveIpv4(ReadOnlySpan<byte> packet, bool isTrusted, ushort segmentBytes, ulong nowNs)
    {
        if (!Ipv4Header.TryParse(packet, out Ipv4Header header) || !IsGoodSource(header.Source))
        {
            Counters.Malformed++;
            return;
        }

        if (!IsForUs(header.Destination))
        {
            Counters.NotForUs++;
            return;
        }

        NoteSender(header.Source, _senderMac);
        packet = packet[..header.TotalBytes];
        var about = new IpPacket
        {
            Source = header.Source,
            Destination = header.Destination,
            TrafficClass = header.TrafficClass,
            HopLimit = header.HopLimit,
            IsChecksumTrusted = isTrusted,
            SegmentBytes = segmentBytes,
        };
        if (header.IsFragment)
        {
            ReassembleIpv4(packet, header, about, nowNs);
            return;
        }

        Deliver(header.Protocol, about, packet[header.HeaderBytes..], packet, 9, nowNs);
    }

    private void ReceiveIpv6(ReadOnlySpan<byte> packet, bool isTrusted, ushort segmentBytes, ulong nowNs)
    {
        if (!Ipv6Header.TryParse(packet, out Ipv6Header header) || !IsGoodSource(header.Source))
        {
            Counters.Malformed++;
            return;
        }

        if (!IsForUs(header.Destination))
        {
            Counters.NotForUs++;
            return;
        }

        NoteSender(header.Source, _senderMac);
        packet = packet[..(Ipv6Header.SizeBytes + header.PayloadBytes)];
        var about = new IpPacket
        {
            Source = header.Source,
            Destination = header.Destination,
            TrafficClass = header.TrafficClass,
            HopLimit = header.HopLimit,
            IsChecksumTrusted = isTrusted,
            SegmentBytes = segmentBytes,
        };
        ReadOnlySpan<byte> payload = packet[Ipv6Header.SizeBytes..];
        if (Ipv6Extensions.TryWalk(payload, header.NextHeader, isReassembled: false, out Ipv6Extensions extensions))
        {
            payload = payload[extensions.PayloadOffset..];
            Deliver(extensions.Protocol, about, payload, packet, extensions.ProtocolPointer, nowNs);
            return;
        }

        switch (extensions.Verdict)
        {
            case Ipv6ExtensionVerdict.Fragment:
                ReassembleIpv6(packet, header, extensions, about, nowNs);
                break;

            case Ipv6ExtensionVerdict.ParameterProblem:
            case Ipv6ExtensionVerdict.ParameterProblemUnlessMulticast:
                Counters.Malformed++;
                Icmp.SendParameterProblem(
                    about,
                    (byte)extensions.ProblemCode,
                    extensions.ProblemPointer,
                    packet,
                    extensions.Verdict == Ipv6ExtensionVerdict.ParameterProblem,
                    nowNs);
                break;

            default:
                Counters.Malformed++;
                break;
        }
    }

    /// <summary>Gives a packet to its transport; tells the sender if nobody wants it.</summary>
    /// <param name="protocol">The transport.</param>
    /// <param name="about">What is known of the packet.</param>
    /// <param name="payload">Transport header and payload.</param>
    /// <param name="packet">The packet, to be quoted.</param>
    /// <param name="protocolPointer">Where the packet says which transport it is.</param>
    /// <param name="nowNs">The time.</param>
    private void Deliver(
        IpProtocol protocol,
        in IpPacket about,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> packet,
        int protocolPointer,
        ulong nowNs)
    {
        if (protocol == (about.Source.IsIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6))
        {
            ReceiveIcmp(about, payload, nowNs);
            return;
        }

        switch (Transports.Deliver(protocol, about, payload, nowNs))
        {
            case IpDelivery.NoPort:
                Icmp.SendPortUnreachable(about, packet, nowNs);
                break;

            case IpDelivery.NoProtocol when protocol != IpProtocol.None:
                Icmp.SendProtocolUnreachable(about, protocolPointer, packet, nowNs);
                break;
        }
    }

    private void ReceiveIcmp(in IpPacket about, ReadOnlySpan<byte> message, ulong nowNs)
    {
        if (!IcmpHeader.TryParse(message, out IcmpHeader header)
            || (!about.IsChecksumTrusted && !IcmpHeader.IsChecksumGood(about.Source, about.Destination, message)))
        {
            Counters.Malformed++;
            return;
        }

        // RFC 4861 section 6.1, 7.1: a neighbour's message has not passed a router.
        bool isNeighborMessage = !about.Source.IsIpv4
            && header.Type is >= (byte)Icmpv6Type.RouterSolicitation and <= (byte)Icmpv6Type.Redirect;
        if (!isNeighborMessage)
        {
            Icmp.Receive(about, header, message, nowNs);
        }
        else if (about.HopLimit == 255 && header.Code == 0)
        {
            ReceiveNeighborMessage(about, (Icmpv6Type)header.Type, message, nowNs);
        }
    }

    private bool IsGoodSource(IpAddress source) =>
        !source.IsMulticast && !Interface.IsBroadcast(source);

    private bool IsForUs(IpAddress destination) =>
        Interface.IsOwn(destination)
        || Interface.AcceptsAnyDestination
        || Interface.IsBroadcast(destination)
        || (destination.IsMulticast && Interface.IsJoined(destination));
}
