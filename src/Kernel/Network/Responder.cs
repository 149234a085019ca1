// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// The kernel's own answers: to ARP requests and neighbour solicitations for every address of the virtual LAN, and to
/// echo requests to the gateway. An answer goes to who asked, nobody else hears of it.
/// </summary>
/// <remarks>Immutable; any thread.</remarks>
internal sealed class Responder(SwitchAddressing addressing)
{
    /// <summary>Longest answer to ARP or neighbour discovery.</summary>
    internal const int AnswerMaxBytes =
        EthernetHeader.SizeBytes + Ipv6Header.SizeBytes + NeighborAdvertisement.LargestBytes;

    private const byte NeighborHopLimit = 255;
    private const byte HopLimit = 64;

    /// <summary>Reads an ARP request.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="request">The request.</param>
    /// <returns>False if it is none.</returns>
    internal static bool TryReadArp(ReadOnlySpan<byte> frame, out ArpPacket request) =>
        ArpPacket.TryParse(frame[EthernetHeader.SizeBytes..], out request)
        && request.Operation == ArpOperation.Request;

    /// <summary>Answers an ARP request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">Whose address it asks for.</param>
    /// <param name="answer">At least <see cref="AnswerMaxBytes"/>.</param>
    /// <returns>Bytes of the answering frame.</returns>
    internal static int AnswerArp(in ArpPacket request, int target, Span<byte> answer)
    {
        MacAddress mac = SwitchAddressing.MacOf(target);
        new EthernetHeader
        {
            Destination = request.SenderMac,
            Source = mac,
            EtherType = EtherType.Arp,
        }.Write(answer);
        new ArpPacket
        {
            Operation = ArpOperation.Reply,
            SenderMac = mac,
            SenderAddress = request.TargetAddress,
            TargetMac = request.SenderMac,
            TargetAddress = request.SenderAddress,
        }.Write(answer[EthernetHeader.SizeBytes..]);
        return EthernetHeader.SizeBytes + ArpPacket.SizeBytes;
    }

    /// <summary>Whose address a neighbour solicitation asks for.</summary>
    /// <param name="frame">An Ethernet frame with an IPv6 packet.</param>
    /// <param name="solicitation">The message.</param>
    /// <returns>Index of a VM or the gateway; none if it is another message or for an address outside.</returns>
    internal int FindNeighborTarget(ReadOnlySpan<byte> frame, out NeighborSolicitation solicitation)
    {
        solicitation = default;
        ReadOnlySpan<byte> packet = frame[EthernetHeader.SizeBytes..];
        return Ipv6Header.TryParse(packet, out Ipv6Header header)
            && header.NextHeader == IpProtocol.Icmpv6
            && header.HopLimit == NeighborHopLimit
            && IsSolicitation(packet.Slice(Ipv6Header.SizeBytes, header.PayloadBytes), header, out solicitation)
                ? addressing.FindIp(solicitation.Target)
                : SwitchAddressing.None;
    }

    /// <summary>Answers a neighbour solicitation (RFC 4861 section 7.2.4).</summary>
    /// <param name="frame">The frame that asked.</param>
    /// <param name="solicitation">The message in it.</param>
    /// <param name="target">Whose address it asks for.</param>
    /// <param name="answer">At least <see cref="AnswerMaxBytes"/>.</param>
    /// <returns>Bytes of the answering frame.</returns>
    internal static int AnswerNeighbor(
        ReadOnlySpan<byte> frame, in NeighborSolicitation solicitation, int target, Span<byte> answer)
    {
        MacAddress mac = SwitchAddressing.MacOf(target);
        IpAddress asker = IpAddress.ReadIpv6(frame[(EthernetHeader.SizeBytes + 8)..]);
        bool isProbe = asker.IsAny;
        new EthernetHeader
        {
            Destination = MacAddress.Read(frame[MacAddress.SizeOf..]),
            Source = mac,
            EtherType = EtherType.Ipv6,
        }.Write(answer);
        Span<byte> packet = answer[EthernetHeader.SizeBytes..];
        Span<byte> message = packet[Ipv6Header.SizeBytes..];
        int bytes = new NeighborAdvertisement
        {
            IsRouter = target == SwitchAddressing.Gateway,
            IsSolicited = !isProbe,
            IsOverride = true,
            Target = solicitation.Target,
            TargetLinkAddress = mac,
            HasTargetLinkAddress = true,
        }.Write(message);

        // Who probes has no address yet: the answer goes to all nodes' group address, in a frame to it alone.
        IpAddress to = isProbe ? new IpAddress(0xFF02_0000_0000_0000, 1) : asker;
        IcmpHeader.WriteChecksum(solicitation.Target, to, message[..bytes]);
        new Ipv6Header
        {
            PayloadBytes = bytes,
            NextHeader = IpProtocol.Icmpv6,
            HopLimit = NeighborHopLimit,
            Source = solicitation.Target,
            Destination = to,
        }.Write(packet);
        return EthernetHeader.SizeBytes + Ipv6Header.SizeBytes + bytes;
    }

    /// <summary>Turns an echo request to the gateway into its answer.</summary>
    /// <param name="frame">The whole frame, which is overwritten.</param>
    /// <returns>False, and nothing is changed, if it is no such request.</returns>
    internal bool TryAnswerEcho(Span<byte> frame)
    {
        if (!EthernetHeader.TryParse(frame, out EthernetHeader ethernet))
        {
            return false;
        }

        Span<byte> packet = frame[EthernetHeader.SizeBytes..];
        bool isAnswered = ethernet.EtherType == EtherType.Ipv4 ? TryAnswerIpv4(packet)
            : ethernet.EtherType == EtherType.Ipv6 && TryAnswerIpv6(packet);
        if (isAnswered)
        {
            (ethernet.Destination, ethernet.Source) = (ethernet.Source, ethernet.Destination);
            ethernet.Write(frame);
        }

        return isAnswered;
    }

    private static bool IsSolicitation(
        ReadOnlySpan<byte> message, in Ipv6Header header, out NeighborSolicitation solicitation) =>
        NeighborSolicitation.TryParse(message, out solicitation)
        && IcmpHeader.IsChecksumGood(header.Source, header.Destination, message);

    private static void AnswerMessage(IpAddress from, IpAddress to, byte type, Span<byte> message)
    {
        message[0] = type;
        IcmpHeader.WriteChecksum(from, to, message);
    }

    private bool TryAnswerIpv4(Span<byte> packet)
    {
        if (!Ipv4Header.TryParse(packet, out Ipv4Header header)
            || header.Destination != addressing.Ipv4Gateway
            || header.Protocol != IpProtocol.Icmp
            || header.IsFragment
            || header.HeaderBytes != Ipv4Header.SizeBytes
            || header.PayloadBytes < IcmpHeader.SizeBytes)
        {
            return false;
        }

        Span<byte> message = packet[header.HeaderBytes..header.TotalBytes];
        if (message[0] != (byte)IcmpType.EchoRequest
            || !IcmpHeader.IsChecksumGood(header.Source, header.Destination, message))
        {
            return false;
        }

        AnswerMessage(header.Destination, header.Source, (byte)IcmpType.EchoReply, message);
        (header.Source, header.Destination) = (header.Destination, header.Source);
        header.HopLimit = HopLimit;
        header.Write(packet);
        return true;
    }

    private bool TryAnswerIpv6(Span<byte> packet)
    {
        if (!Ipv6Header.TryParse(packet, out Ipv6Header header)
            || addressing.FindIp(header.Destination) != SwitchAddressing.Gateway
            || header.NextHeader != IpProtocol.Icmpv6
            || header.PayloadBytes < IcmpHeader.SizeBytes)
        {
            return false;
        }

        Span<byte> message = packet.Slice(Ipv6Header.SizeBytes, header.PayloadBytes);
        if (message[0] != (byte)Icmpv6Type.EchoRequest
            || !IcmpHeader.IsChecksumGood(header.Source, header.Destination, message))
        {
            return false;
        }

        AnswerMessage(header.Destination, header.Source, (byte)Icmpv6Type.EchoReply, message);
        (header.Source, header.Destination) = (header.Destination, header.Source);
        header.HopLimit = HopLimit;
        header.Write(packet);
        return true;
    }
}
