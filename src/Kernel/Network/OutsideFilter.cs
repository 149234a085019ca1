// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// Decides which frames from outside of the virtual LAN pass. Nobody outside passes for a VM, so what one VM sent does
/// not come to another by way of Linux; and nobody outside tells a VM who has an address, because the kernel does. A VM
/// with a leased address is among machines whose addresses the kernel does not know: those may answer it.
/// </summary>
/// <remarks>Any thread.</remarks>
internal sealed class OutsideFilter(SwitchAddressing addressing, DhcpPorts dhcp)
{
    private const int Ipv4SourceOffset = 12;

    /// <summary>Looks at a frame.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="target">Index of the VM that it is for, if it passes. There may be no such VM.</param>
    /// <returns>Why it does not pass; null if it does.</returns>
    internal DropReason? Check(ReadOnlySpan<byte> frame, out int target)
    {
        target = SwitchAddressing.None;
        if (!EthernetHeader.TryParse(frame, out EthernetHeader ethernet))
        {
            return DropReason.Malformed;
        }

        if (ethernet.Destination.IsGroup)
        {
            return DropReason.Multicast;
        }

        target = addressing.FindMac(ethernet.Destination);
        if (target < 0)
        {
            return DropReason.NoDestination;
        }

        if (addressing.FindMac(ethernet.Source) >= 0)
        {
            return DropReason.SpoofedMac;
        }

        ReadOnlySpan<byte> packet = frame[EthernetHeader.SizeBytes..];
        return ethernet.EtherType switch
        {
            EtherType.Arp => CheckArp(packet, ethernet.Source, target),
            EtherType.Ipv4 => CheckIpv4(packet),
            EtherType.Ipv6 => CheckIpv6(packet),
            _ => DropReason.UnknownProtocol,
        };
    }

    /// <summary>An answer may tell the sender's own address. It may be the VM's, if somebody has that as
    /// well.</summary>
    private DropReason? CheckArp(ReadOnlySpan<byte> packet, MacAddress from, int target)
    {
        bool isGood = dhcp.Find(target) is { } port
            && ArpPacket.TryParse(packet, out ArpPacket arp)
            && arp.Operation == ArpOperation.Reply
            && arp.SenderMac == from
            && (arp.SenderAddress == port.Address || CheckSource(arp.SenderAddress) is null);
        return isGood ? null : DropReason.SpoofedNeighbor;
    }

    private DropReason? CheckIpv4(ReadOnlySpan<byte> packet) => packet.Length < Ipv4Header.SizeBytes
        ? DropReason.Malformed
        : CheckSource(IpAddress.ReadIpv4(packet[Ipv4SourceOffset..]));

    private DropReason? CheckIpv6(ReadOnlySpan<byte> packet)
    {
        if (!Ipv6Header.TryParseQuoted(packet, out Ipv6Header header)
            || !FrameFilter.TryFindTransport(
                packet, header.NextHeader, out IpProtocol protocol, out int offset, out _))
        {
            return DropReason.Malformed;
        }

        return FrameFilter.IsNeighborDiscovery(packet, protocol, offset)
            ? DropReason.SpoofedNeighbor
            : CheckSource(header.Source);
    }

    private DropReason? CheckSource(IpAddress source) =>
        addressing.FindIp(source) >= 0 || dhcp.FindIp(source) >= 0 ? DropReason.SpoofedAddress : null;
}
