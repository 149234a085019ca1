// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What a stack knows of its one link: addresses, gateways, MTU, and what the link does for it.</summary>
/// <remarks>
/// May change while the stack runs: a DHCP lease, a clone's new identity. Connections keep the addresses that they were
/// made with.
/// </remarks>
public sealed class IpInterface
{
    /// <summary>Shortest MTU that a link may have (RFC 8200 section 5).</summary>
    public const int SmallestMtuBytes = 1280;

    /// <summary>Hardware address.</summary>
    public MacAddress Mac { get; set; }

    /// <summary>Largest IP packet on the wire in bytes, <see cref="SmallestMtuBytes"/> or more.</summary>
    public int MtuBytes { get; set; } = 1500;

    /// <summary>Whether the link completes checksums (<see cref="FrameOffload.IsChecksumPartial"/>).</summary>
    public bool IsChecksumOffloaded { get; set; }

    /// <summary>Whether the link takes TCP segments larger than its MTU and cuts them where that is needed.</summary>
    public bool IsSegmentationOffloaded { get; set; }

    /// <summary>Takes packets for any destination: a gateway that answers for the whole world.</summary>
    public bool AcceptsAnyDestination { get; set; }

    /// <summary>
    /// Believes the link's sender addresses: a neighbour that sent us a packet need not be asked for its hardware
    /// address. Only where somebody checks them, as Denali's switch does.
    /// </summary>
    public bool LearnsFromPackets { get; set; }

    /// <summary>Knows hardware addresses that need not be asked for; null if none.</summary>
    public ILinkAddressMap? LinkAddresses { get; set; }

    /// <summary>IPv4 address; <see cref="IpAddress.Ipv4Any"/> for none.</summary>
    public IpAddress Ipv4Address { get; set; } = IpAddress.Ipv4Any;

    /// <summary>Length of the IPv4 network's prefix, 0-32.</summary>
    public int Ipv4PrefixLength { get; set; }

    /// <summary>Who forwards IPv4 packets; <see cref="IpAddress.Ipv4Any"/> for nobody.</summary>
    public IpAddress Ipv4Gateway { get; set; } = IpAddress.Ipv4Any;

    /// <summary>IPv6 address besides the link-local one; the unspecified address for none.</summary>
    public IpAddress Ipv6Address { get; set; }

    /// <summary>Length of the IPv6 network's prefix, 0-128.</summary>
    public int Ipv6PrefixLength { get; set; }

    /// <summary>Who forwards IPv6 packets; the unspecified address for nobody.</summary>
    public IpAddress Ipv6Gateway { get; set; }

    /// <summary>The link-local address that follows from the hardware address (RFC 4291 appendix A).</summary>
    public IpAddress LinkLocalAddress
    {
        get
        {
            ulong mac = Mac.Value;
            ulong low = ((mac & 0xFFFF_FF00_0000) << 16) | 0xFF_FE00_0000 | (mac & 0xFF_FFFF);
            return new IpAddress(0xFE80_0000_0000_0000, low ^ 0x0200_0000_0000_0000);
        }
    }

    /// <summary>Whether an address is one of this interface's own, loopback addresses included.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Whether it is.</returns>
    public bool IsOwn(IpAddress address) =>
        !address.IsAny
        && (address == Ipv4Address || address == Ipv6Address || address.IsLoopback || address == LinkLocalAddress);

    /// <summary>Whether an address means everybody on the link: 255.255.255.255 or the network's last.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Whether it does.</returns>
    public bool IsBroadcast(IpAddress address)
    {
        if (!address.IsIpv4)
        {
            return false;
        }

        if (address == IpAddress.Ipv4Broadcast)
        {
            return true;
        }

        // A network of two addresses has none (RFC 3021).
        uint hostMask = Ipv4PrefixLength >= 31 ? 0 : uint.MaxValue >> Ipv4PrefixLength;
        return hostMask != 0
            && !Ipv4Address.IsAny
            && address.IsInPrefix(Ipv4Address, Ipv4PrefixLength)
            && (address.Ipv4Value & hostMask) == hostMask;
    }

    /// <summary>Whether we listen to a multicast group (RFC 4291 section 2.8): all hosts, and our solicited-node
    /// groups.</summary>
    /// <param name="address">The group.</param>
    /// <returns>Whether we do.</returns>
    public bool IsJoined(IpAddress address)
    {
        if (address.IsIpv4)
        {
            return address.Ipv4Value == 0xE000_0001;
        }

        if (address.High == 0xFF02_0000_0000_0000 && address.Low == 1)
        {
            return true;
        }

        return address == SolicitedNode(LinkLocalAddress)
            || (!Ipv6Address.IsAny && address == SolicitedNode(Ipv6Address));
    }

    /// <summary>The next hop on the way to a unicast address.</summary>
    /// <param name="destination">The address, not one of our own.</param>
    /// <param name="nextHop">The address itself if it is on the link, or the gateway.</param>
    /// <returns>False if there is no way.</returns>
    public bool TryGetNextHop(IpAddress destination, out IpAddress nextHop)
    {
        nextHop = destination;
        if (destination.IsIpv4)
        {
            if (!Ipv4Address.IsAny && destination.IsInPrefix(Ipv4Address, Ipv4PrefixLength))
            {
                return true;
            }

            nextHop = Ipv4Gateway;
            return !Ipv4Address.IsAny && !Ipv4Gateway.IsAny;
        }

        if (destination.IsLinkLocal
            || (!Ipv6Address.IsAny && destination.IsInPrefix(Ipv6Address, Ipv6PrefixLength)))
        {
            return true;
        }

        nextHop = Ipv6Gateway;
        return !Ipv6Gateway.IsAny;
    }

    /// <summary>The address to send from (RFC 6724 cut down to one interface).</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="source">Our address.</param>
    /// <returns>False if we have none of that family, or there is no way there.</returns>
    public bool TryGetSource(IpAddress destination, out IpAddress source)
    {
        if (IsOwn(destination))
        {
            source = destination;
            return true;
        }

        if (destination.IsIpv4)
        {
            source = Ipv4Address;
            return !source.IsAny
                && (destination.IsMulticast || IsBroadcast(destination) || TryGetNextHop(destination, out _));
        }

        bool isLocal = destination.IsLinkLocal || (destination.IsMulticast && (destination.High >> 48 & 0xF) <= 2);
        source = isLocal || Ipv6Address.IsAny ? LinkLocalAddress : Ipv6Address;
        return isLocal || destination.IsMulticast || TryGetNextHop(destination, out _);
    }

    /// <summary>The group in which an IPv6 address is asked for (RFC 4291 section 2.7.1).</summary>
    /// <param name="address">The address.</param>
    /// <returns>ff02::1:ffXX:XXXX.</returns>
    public static IpAddress SolicitedNode(IpAddress address) =>
        new(0xFF02_0000_0000_0000, 0x1_FF00_0000UL | (address.Low & 0xFF_FFFF));

    /// <summary>The hardware address of a multicast or broadcast address (RFC 1112 section 6.4, RFC 2464 section
    /// 7).</summary>
    /// <param name="address">The address.</param>
    /// <returns>The hardware address.</returns>
    public static MacAddress GroupMac(IpAddress address) =>
        !address.IsIpv4 ? new MacAddress(0x3333_0000_0000 | (address.Low & 0xFFFF_FFFF))
        : address.IsMulticast ? new MacAddress(0x0100_5E00_0000UL | (address.Ipv4Value & 0x7F_FFFF))
        : MacAddress.Broadcast;
}
