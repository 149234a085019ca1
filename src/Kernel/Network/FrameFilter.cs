// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// Decides where a frame of a VM may go. Nobody sends under another's address, in any header that says who sent it.
/// ARP and neighbour discovery end at the kernel, which knows all answers: so there is nothing to poison.
/// </summary>
/// <remarks>Looks at a copy of the frame's first bytes. Any thread.</remarks>
internal sealed class FrameFilter(SwitchAddressing addressing, DhcpPorts dhcp)
{
    /// <summary>Most extension headers that are followed, as in <see cref="Ipv6Extensions.MaximumHeaders"/>.</summary>
    private const int ExtensionMax = Ipv6Extensions.MaximumHeaders;

    private const int TcpChecksumOffset = 16;
    private const int NeighborHopLimit = 255;

    /// <summary>Looks at a frame.</summary>
    /// <param name="head">Its first bytes: all, or at least 128.</param>
    /// <param name="sender">Index of the VM that sent it.</param>
    /// <param name="offload">What it asks for.</param>
    /// <param name="target">Of a frame to a VM: its index. There may be no such VM.</param>
    /// <param name="reason">Of a frame to be dropped: why.</param>
    /// <returns>What is to become of it.</returns>
    internal FrameVerdict Check(
        ReadOnlySpan<byte> head, int sender, in FrameOffload offload, out int target, out DropReason reason)
    {
        target = SwitchAddressing.None;
        if (!EthernetHeader.TryParse(head, out EthernetHeader ethernet))
        {
            reason = DropReason.Malformed;
            return FrameVerdict.Drop;
        }

        if (ethernet.Source != SwitchAddressing.MacOf(sender))
        {
            reason = DropReason.SpoofedMac;
            return FrameVerdict.Drop;
        }

        target = ethernet.Destination.IsGroup ? SwitchAddressing.None : addressing.FindMac(ethernet.Destination);
        ReadOnlySpan<byte> packet = head[EthernetHeader.SizeBytes..];
        FrameVerdict verdict;
        switch (ethernet.EtherType)
        {
            case EtherType.Arp:
                verdict = CheckArp(packet, sender, offload, out reason);
                break;

            case EtherType.Ipv4:
                verdict = CheckIpv4(packet, sender, offload, target, out reason);
                break;

            case EtherType.Ipv6:
                verdict = CheckIpv6(packet, sender, offload, target, out reason);
                break;

            default:
                reason = DropReason.UnknownProtocol;
                return FrameVerdict.Drop;
        }

        bool isOutside = verdict is FrameVerdict.Machine
            && target is SwitchAddressing.None
            && ethernet.EtherType == EtherType.Ipv4
            && !ethernet.Destination.IsGroup
            && dhcp.Find(sender) is not null;
        if (isOutside)
        {
            return FrameVerdict.Outside;
        }

        if (verdict is FrameVerdict.Machine && target is SwitchAddressing.None)
        {
            reason = ethernet.Destination.IsGroup ? DropReason.Multicast : DropReason.NoDestination;
            return FrameVerdict.Drop;
        }

        return verdict is FrameVerdict.Machine && target == SwitchAddressing.Gateway ? FrameVerdict.Gateway : verdict;
    }

    /// <summary>
    /// Follows the extension headers, whatever is in them, until the transport is found. One must not be able to hide
    /// a message behind them. Of a fragment, the first has to show the transport (RFC 7112).
    /// </summary>
    internal static bool TryFindTransport(
        ReadOnlySpan<byte> packet, IpProtocol next, out IpProtocol protocol, out int offset, out bool isPart)
    {
        offset = Ipv6Header.SizeBytes;
        protocol = next;
        isPart = false;
        for (int count = 0; count <= ExtensionMax; count++)
        {
            if (protocol is not (IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions
                or IpProtocol.Fragment))
            {
                return protocol != IpProtocol.Icmpv6 || offset < packet.Length;
            }

            if (packet.Length < offset + 8)
            {
                return false;
            }

            bool isFragment = protocol == IpProtocol.Fragment;
            ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]);
            protocol = (IpProtocol)packet[offset];
            offset += isFragment ? 8 : (packet[offset + 1] + 1) * 8;
            isPart |= isFragment;
            if (isFragment && fragment >> 3 != 0)
            {
                // Not the first part: what follows is data. The first does not pass if it is not allowed to.
                protocol = IpProtocol.None;
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a transport that was found is a message of neighbour discovery.</summary>
    internal static bool IsNeighborDiscovery(ReadOnlySpan<byte> packet, IpProtocol protocol, int offset) =>
        protocol == IpProtocol.Icmpv6
        && packet[offset] is >= (byte)Icmpv6Type.RouterSolicitation and <= (byte)Icmpv6Type.Redirect;

    private static FrameVerdict Drop(DropReason why, out DropReason reason)
    {
        reason = why;
        return FrameVerdict.Drop;
    }

    private FrameVerdict CheckArp(
        ReadOnlySpan<byte> packet, int sender, in FrameOffload offload, out DropReason reason)
    {
        reason = default;
        if (!ArpPacket.TryParse(packet, out ArpPacket arp) || offload.IsChecksumPartial)
        {
            return Drop(DropReason.Malformed, out reason);
        }

        // 0.0.0.0 in a probe (RFC 5227). Outside it disturbs who wants the address, so there it is for one's own only.
        IpAddress own = OwnIpv4(sender, out bool isLeased);
        bool isProbe = arp.SenderAddress.IsAny
            && (!isLeased || (!own.IsAny && arp.TargetAddress == own && arp.Operation == ArpOperation.Request));
        bool isOwn = arp.SenderMac == SwitchAddressing.MacOf(sender)
            && (isProbe || (arp.SenderAddress == own && !own.IsAny));
        return isOwn ? FrameVerdict.Arp : Drop(DropReason.SpoofedNeighbor, out reason);
    }

    private FrameVerdict CheckIpv4(
        ReadOnlySpan<byte> packet, int sender, in FrameOffload offload, int target, out DropReason reason)
    {
        reason = default;
        int headerBytes = packet.IsEmpty ? 0 : (packet[0] & 0xF) * 4;
        if (packet.Length < Ipv4Header.SizeBytes
            || packet[0] >> 4 != 4
            || headerBytes < Ipv4Header.SizeBytes
            || headerBytes > packet.Length)
        {
            return Drop(DropReason.Malformed, out reason);
        }

        // Who has no address yet may only ask a DHCP server for one.
        IpAddress own = OwnIpv4(sender, out bool isLeased);
        IpAddress source = IpAddress.ReadIpv4(packet[12..]);
        ushort port = DhcpFrame.DestinationPortOf(packet, headerBytes);
        bool isQuestion = isLeased && port == DhcpClient.ServerPort;
        if (source.IsAny ? !isQuestion : source != own)
        {
            return Drop(DropReason.SpoofedAddress, out reason);
        }

        // No VM is such a server.
        if (port == DhcpClient.ClientPort)
        {
            return Drop(DropReason.ForgedDhcp, out reason);
        }

        if (!IsOffloadGood(packet, headerBytes, (IpProtocol)packet[9], offload))
        {
            return Drop(DropReason.BadDescriptor, out reason);
        }

        if (isQuestion)
        {
            return FrameVerdict.DhcpQuestion;
        }

        bool leavesLan = target == SwitchAddressing.Gateway || (isLeased && target == SwitchAddressing.None);
        return leavesLan && IsMachine(IpAddress.ReadIpv4(packet[16..]))
            ? Drop(DropReason.Misdirected, out reason)
            : FrameVerdict.Machine;
    }

    private FrameVerdict CheckIpv6(
        ReadOnlySpan<byte> packet, int sender, in FrameOffload offload, int target, out DropReason reason)
    {
        reason = default;
        if (!Ipv6Header.TryParseQuoted(packet, out Ipv6Header header)
            || !TryFindTransport(packet, header.NextHeader, out IpProtocol protocol, out int offset, out bool isPart))
        {
            return Drop(DropReason.Malformed, out reason);
        }

        if (!IsOffloadGood(packet, offset, protocol, offload))
        {
            return Drop(DropReason.BadDescriptor, out reason);
        }

        if (IsNeighborDiscovery(packet, protocol, offset))
        {
            return CheckNeighbor(packet, header, offset, isPart, sender, offload, out reason);
        }

        MacAddress mac = SwitchAddressing.MacOf(sender);
        if (header.Source != addressing.Ipv6Of(sender) && header.Source != SwitchAddressing.LinkLocalOf(mac))
        {
            // Group reports are sent from :: before there is an address (RFC 3810 section 5.2.13); they end here.
            bool isReport = header.Source.IsAny && header.Destination.IsMulticast;
            return Drop(isReport ? DropReason.Multicast : DropReason.SpoofedAddress, out reason);
        }

        return target == SwitchAddressing.Gateway && IsMachine(header.Destination)
            ? Drop(DropReason.Misdirected, out reason)
            : FrameVerdict.Machine;
    }

    /// <summary>Neighbour discovery may tell only the sender's own addresses. No VM is a router.</summary>
    private FrameVerdict CheckNeighbor(
        ReadOnlySpan<byte> packet,
        in Ipv6Header header,
        int offset,
        bool isPart,
        int sender,
        in FrameOffload offload,
        out DropReason reason)
    {
        reason = default;
        MacAddress mac = SwitchAddressing.MacOf(sender);
        IpAddress own = addressing.Ipv6Of(sender);
        IpAddress linkLocal = SwitchAddressing.LinkLocalOf(mac);
        int end = Ipv6Header.SizeBytes + header.PayloadBytes;

        // In one piece, without extension headers (RFC 6980 section 5 is stricter than needed: nobody sends them).
        if (isPart || offset != Ipv6Header.SizeBytes || header.HopLimit != NeighborHopLimit || end > packet.Length
            || offload.IsChecksumPartial)
        {
            return Drop(DropReason.Malformed, out reason);
        }

        bool isSourceOwn = header.Source == own || header.Source == linkLocal;
        ReadOnlySpan<byte> message = packet[offset..end];
        bool isGood = (Icmpv6Type)packet[offset] switch
        {
            Icmpv6Type.NeighborSolicitation => NeighborSolicitation.TryParse(message, out NeighborSolicitation asked)
                && (isSourceOwn || (header.Source.IsAny && !asked.HasSourceLinkAddress))
                && (!asked.HasSourceLinkAddress || asked.SourceLinkAddress == mac),
            Icmpv6Type.NeighborAdvertisement => NeighborAdvertisement.TryParse(message, out NeighborAdvertisement told)
                && isSourceOwn
                && (told.Target == own || told.Target == linkLocal)
                && (!told.HasTargetLinkAddress || told.TargetLinkAddress == mac),
            Icmpv6Type.RouterSolicitation => isSourceOwn || header.Source.IsAny,
            _ => false,
        };
        return isGood ? FrameVerdict.NeighborDiscovery : Drop(DropReason.SpoofedNeighbor, out reason);
    }

    /// <summary>
    /// Whether a checksum that is completed later lies in the transport, not where it would change an address, and
    /// whether a large frame is one of TCP.
    /// </summary>
    private static bool IsOffloadGood(
        ReadOnlySpan<byte> packet, int offset, IpProtocol protocol, in FrameOffload offload)
    {
        if (!offload.IsChecksumPartial)
        {
            return true;
        }

        // Of UDP, the ports tell whether it is DHCP: no checksum may be written over them.
        int transport = offset + EthernetHeader.SizeBytes;
        if (offload.SegmentBytes == 0)
        {
            return protocol == IpProtocol.Udp
                ? offload.ChecksumStart == transport && offload.ChecksumOffset == UdpHeader.ChecksumOffset
                : offload.ChecksumStart >= transport;
        }

        return protocol == IpProtocol.Tcp
            && offload.ChecksumStart == transport
            && offload.ChecksumOffset == TcpChecksumOffset
            && packet.Length > offset + 12
            && offload.HeaderBytes == transport + (packet[offset + 12] >> 4) * 4;
    }

    /// <summary>The IPv4 address that a VM may send from: its computed one, or the one that it has leased, if
    /// any.</summary>
    private IpAddress OwnIpv4(int sender, out bool isLeased)
    {
        DhcpPort? port = dhcp.Find(sender);
        isLeased = port is not null;
        return port is null ? addressing.Ipv4Of(sender) : port.Address;
    }

    private bool IsMachine(IpAddress address) => addressing.FindIp(address) >= 0 || dhcp.FindIp(address) >= 0;
}
