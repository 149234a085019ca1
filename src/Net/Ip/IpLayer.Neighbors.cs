// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <content>ARP and neighbour discovery.</content>
public sealed partial class IpLayer : INeighborOutput
{
    // The sender whose hardware address was noted last: nearly every packet comes from it.
    private IpAddress _lastSender;
    private MacAddress _lastSenderMac;

    /// <inheritdoc/>
    void INeighborOutput.SendRequest(IpAddress target, MacAddress known)
    {
        if (target.IsIpv4)
        {
            SendArp(ArpOperation.Request, known, target, default);
        }
        else
        {
            SendSolicitation(target, known);
        }
    }

    /// <inheritdoc/>
    void INeighborOutput.SendPending(in OutgoingFrame frame) => _ = Transmit(frame);

    /// <inheritdoc/>
    void INeighborOutput.ReportUnreachable(IpAddress target, in OutgoingFrame frame)
    {
        Counters.Unreachable++;
        if (!frame.Payload.IsEmpty)
        {
            Icmp.ReportUnreachable(frame.Payload, NowNs);
        }
    }

    /// <summary>Notes the hardware address of whoever sent a packet, where that can be believed.</summary>
    private void NoteSender(IpAddress address, MacAddress mac)
    {
        if (!Interface.LearnsFromPackets
            || (address == _lastSender && mac == _lastSenderMac)
            || mac.IsGroup
            || address.IsAny
            || address.IsMulticast
            || !Interface.TryGetNextHop(address, out IpAddress nextHop)
            || nextHop != address)
        {
            return;
        }

        _lastSender = address;
        _lastSenderMac = mac;
        _neighbors.Learn(address, mac);
    }

    private void ReceiveArp(ReadOnlySpan<byte> bytes, ulong nowNs)
    {
        if (!ArpPacket.TryParse(bytes, out ArpPacket packet) || packet.SenderMac.IsGroup)
        {
            Counters.Malformed++;
            return;
        }

        NoteConflict(packet);
        bool isForUs = packet.TargetAddress == Interface.Ipv4Address && !Interface.Ipv4Address.IsAny;
        bool isNeighbor = !packet.SenderAddress.IsAny
            && packet.SenderAddress != Interface.Ipv4Address
            && packet.SenderAddress.IsInPrefix(Interface.Ipv4Address, Interface.Ipv4PrefixLength);
        if (packet.Operation == ArpOperation.Request && isForUs)
        {
            if (isNeighbor)
            {
                _neighbors.Learn(packet.SenderAddress, packet.SenderMac);
            }

            SendArp(ArpOperation.Reply, packet.SenderMac, packet.SenderAddress, packet.SenderMac);
        }
        else if (isNeighbor)
        {
            bool isReply = packet.Operation == ArpOperation.Reply && isForUs && packet.TargetMac == Interface.Mac;
            _neighbors.HandleArp(packet.SenderAddress, packet.SenderMac, isReply, nowNs);
        }
    }

    private void ReceiveNeighborMessage(in IpPacket about, Icmpv6Type type, ReadOnlySpan<byte> message, ulong nowNs)
    {
        switch (type)
        {
            case Icmpv6Type.NeighborSolicitation:
                if (NeighborSolicitation.TryParse(message, out NeighborSolicitation solicitation))
                {
                    AnswerSolicitation(about, solicitation);
                    return;
                }

                Counters.Malformed++;
                break;

            case Icmpv6Type.NeighborAdvertisement:
                if (NeighborAdvertisement.TryParse(message, out NeighborAdvertisement advertisement))
                {
                    _neighbors.HandleAdvertisement(advertisement, nowNs);
                    return;
                }

                Counters.Malformed++;
                break;

            default:
                // Addresses and gateways are configured: nobody on the link changes them.
                Counters.NotForUs++;
                break;
        }
    }

    private void AnswerSolicitation(in IpPacket about, in NeighborSolicitation solicitation)
    {
        if (solicitation.Target != Interface.Ipv6Address && solicitation.Target != Interface.LinkLocalAddress)
        {
            return;
        }

        // RFC 4861 section 7.2.4: whoever checks whether an address is free has none itself: everybody is told.
        bool isProbe = about.Source.IsAny;
        if (!isProbe && solicitation.HasSourceLinkAddress)
        {
            _neighbors.Learn(about.Source, solicitation.SourceLinkAddress);
        }

        var advertisement = new NeighborAdvertisement
        {
            IsSolicited = !isProbe,
            IsOverride = true,
            Target = solicitation.Target,
            TargetLinkAddress = Interface.Mac,
            HasTargetLinkAddress = true,
        };
        Span<byte> message = stackalloc byte[NeighborAdvertisement.LargestBytes];
        message = message[..advertisement.Write(message)];
        IpAddress destination = isProbe ? new IpAddress(0xFF02_0000_0000_0000, 1) : about.Source;
        SendNeighborMessage(solicitation.Target, destination, default, message);
    }

    private void SendSolicitation(IpAddress target, MacAddress known)
    {
        IpAddress source = target.IsLinkLocal || Interface.Ipv6Address.IsAny
            ? Interface.LinkLocalAddress
            : Interface.Ipv6Address;
        var solicitation = new NeighborSolicitation
        {
            Target = target,
            SourceLinkAddress = Interface.Mac,
            HasSourceLinkAddress = true,
        };
        Span<byte> message = stackalloc byte[NeighborSolicitation.LargestBytes];
        message = message[..solicitation.Write(message)];
        bool isProbe = known != MacAddress.Broadcast;
        SendNeighborMessage(source, isProbe ? target : IpInterface.SolicitedNode(target), known, message);
    }

    /// <param name="source">Our address.</param>
    /// <param name="destination">A group, or a neighbour.</param>
    /// <param name="known">The neighbour's hardware address, or nothing if it is to be looked up.</param>
    /// <param name="message">The message, to which the checksum is added.</param>
    private void SendNeighborMessage(
        IpAddress source, IpAddress destination, MacAddress known, scoped Span<byte> message)
    {
        IcmpHeader.WriteChecksum(source, destination, message);
        Span<byte> headers = stackalloc byte[EthernetHeader.SizeBytes + Ipv6Header.SizeBytes];
        var header = new Ipv6Header
        {
            PayloadBytes = message.Length,
            NextHeader = IpProtocol.Icmpv6,
            HopLimit = 255,
            Source = source,
            Destination = destination,
        };
        header.Write(headers[EthernetHeader.SizeBytes..]);
        var frame = new OutgoingFrame { Headers = headers, Payload = message };
        if (destination.IsMulticast || known == default)
        {
            _ = SendFrame(headers, frame, destination);
            return;
        }

        var link = new EthernetHeader { Source = Interface.Mac, Destination = known, EtherType = EtherType.Ipv6 };
        link.Write(headers);
        _ = Transmit(frame);
    }

    private void SendArp(ArpOperation operation, MacAddress to, IpAddress target, MacAddress targetMac)
    {
        Span<byte> headers = stackalloc byte[EthernetHeader.SizeBytes + ArpPacket.SizeBytes];
        var link = new EthernetHeader { Source = Interface.Mac, Destination = to, EtherType = EtherType.Arp };
        link.Write(headers);
        var packet = new ArpPacket
        {
            Operation = operation,
            SenderMac = Interface.Mac,
            SenderAddress = Interface.Ipv4Address,
            TargetMac = targetMac,
            TargetAddress = target,
        };
        packet.Write(headers[EthernetHeader.SizeBytes..]);
        _ = Transmit(new OutgoingFrame { Headers = headers });
    }
}
