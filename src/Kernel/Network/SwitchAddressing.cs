// SPDX-License-Identifier: MIT
using System;
using Denali.Kernel.Machines;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// The addresses on the virtual LAN. They are computed from the VM's index, so that nothing is learned, nothing is
/// flooded, and a look-up is arithmetic.
/// </summary>
/// <remarks>Immutable; any thread.</remarks>
public sealed class SwitchAddressing
{
    /// <summary>In place of a VM's index: the gateway.</summary>
    public const int Gateway = -2;

    /// <summary>In place of a VM's index: nobody.</summary>
    public const int None = -1;

    /// <summary>Prefix length of the IPv6 network.</summary>
    public const int Ipv6PrefixLength = 64;

    /// <summary>Host number of the gateway.</summary>
    private const uint GatewayHost = 1;

    /// <summary>
    /// Host number of the first VM where the prefix has room for it: what lies below is free for machines outside.
    /// </summary>
    private const uint FirstHostWide = 1 << 16;

    /// <summary>Host number of the first VM under a long prefix.</summary>
    private const uint FirstHostNarrow = 16;

    /// <summary>A prefix with more host bits than this has room for <see cref="FirstHostWide"/>.</summary>
    private const int NarrowHostBits = 17;

    private const int PrefixMin = 8;
    private const int PrefixMax = 24;

    /// <summary>The first three bytes, locally administered, in bits 24-47: 02, 'd', 'n'.</summary>
    private const ulong MacBase = 0x0264_6E00_0000;

    private const ulong MacIndexMask = 0xFF_FFFF;

    /// <summary>What an EUI-64 has in the middle (RFC 4291 appendix A).</summary>
    private const ulong Eui64Middle = 0xFF_FE00_0000;

    private const ulong LinkLocalHigh = 0xFE80_0000_0000_0000;

    /// <summary>The universal bit of a hardware address, as it lies in an EUI-64.</summary>
    private const ulong Eui64UniversalBit = 0x0200_0000_0000_0000;

    private readonly uint _ipv4Network;
    private readonly uint _firstHost;
    private readonly ulong _ipv6High;

    /// <summary>Checks the networks.</summary>
    /// <param name="options">The networks.</param>
    /// <exception cref="KernelException">One of them cannot be that of a LAN.</exception>
    public SwitchAddressing(LanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckIpv4(options);
        CheckIpv6(options.Ipv6Network);
        int hostBits = 32 - options.Ipv4PrefixLength;
        Ipv4PrefixLength = options.Ipv4PrefixLength;
        _ipv4Network = options.Ipv4Network.Ipv4Value;
        _ipv6High = options.Ipv6Network.High;
        _firstHost = hostBits > NarrowHostBits ? FirstHostWide : FirstHostNarrow;

        // The last address of the network is its broadcast address.
        uint hosts = (1u << hostBits) - 1 - _firstHost;
        MachineMax = (int)Math.Min(hosts, MachineTable.Capacity);
    }

    /// <summary>Bits of the IPv4 network's prefix.</summary>
    public int Ipv4PrefixLength { get; }

    /// <summary>VMs for which there are addresses.</summary>
    public int MachineMax { get; }

    /// <summary>The gateway's hardware address.</summary>
    public static MacAddress GatewayMac => new(MacBase | 0xFF_FFFE);

    /// <summary>The gateway's IPv4 address.</summary>
    public IpAddress Ipv4Gateway => IpAddress.FromIpv4(_ipv4Network + GatewayHost);

    /// <summary>The gateway's IPv6 address.</summary>
    public IpAddress Ipv6Gateway => new(_ipv6High, GatewayHost);

    /// <summary>Hardware address of a VM, or of <see cref="Gateway"/>.</summary>
    /// <param name="index">Index of the VM.</param>
    /// <returns>The address.</returns>
    public static MacAddress MacOf(int index) => index == Gateway ? GatewayMac : new(MacBase + (uint)index);

    /// <summary>The link-local address that belongs to a hardware address (RFC 4291 appendix A).</summary>
    /// <param name="mac">The hardware address.</param>
    /// <returns>The address.</returns>
    public static IpAddress LinkLocalOf(MacAddress mac)
    {
        ulong low = (mac.Value >> 24 << 40) | Eui64Middle | (mac.Value & MacIndexMask);
        return new IpAddress(LinkLocalHigh, low ^ Eui64UniversalBit);
    }

    /// <summary>Finds whose a hardware address is, whether or not there is such a VM.</summary>
    /// <param name="mac">The address.</param>
    /// <returns>Index of a VM, <see cref="Gateway"/> or <see cref="None"/>.</returns>
    public int FindMac(MacAddress mac)
    {
        if (mac == GatewayMac)
        {
            return Gateway;
        }

        ulong index = mac.Value - MacBase;
        return index < (uint)MachineMax ? (int)index : None;
    }

    /// <summary>IPv4 address of a VM.</summary>
    /// <param name="index">Its index, below <see cref="MachineMax"/>.</param>
    /// <returns>The address.</returns>
    public IpAddress Ipv4Of(int index) =>
        index == Gateway ? Ipv4Gateway : IpAddress.FromIpv4(_ipv4Network + _firstHost + (uint)index);

    /// <summary>IPv6 address of a VM. Its host number is that of the IPv4 address.</summary>
    /// <param name="index">Its index, below <see cref="MachineMax"/>.</param>
    /// <returns>The address.</returns>
    public IpAddress Ipv6Of(int index) =>
        index == Gateway ? Ipv6Gateway : new IpAddress(_ipv6High, _firstHost + (uint)index);

    /// <summary>Finds whose an IP address is, whether or not there is such a VM.</summary>
    /// <param name="address">The address; link-local ones are known too.</param>
    /// <returns>Index of a VM, <see cref="Gateway"/> or <see cref="None"/>.</returns>
    public int FindIp(IpAddress address)
    {
        if (address.IsIpv4)
        {
            return FindHost(unchecked(address.Ipv4Value - _ipv4Network));
        }

        if (address.High == _ipv6High)
        {
            return FindHost(address.Low);
        }

        if (address.High != LinkLocalHigh || ((address.Low >> 24) & 0xFFFF) != 0xFFFE)
        {
            return None;
        }

        ulong flipped = address.Low ^ Eui64UniversalBit;
        return FindMac(new MacAddress((flipped >> 40 << 24) | (flipped & MacIndexMask)));
    }

    private static void CheckIpv4(LanOptions options)
    {
        IpAddress network = options.Ipv4Network;
        int prefix = options.Ipv4PrefixLength;
        if (prefix is < PrefixMin or > PrefixMax)
        {
            throw new KernelException(
                $"/{prefix} is not a prefix for the virtual LAN: choose {PrefixMin} to {PrefixMax}");
        }

        uint first = network.Ipv4Value >> 24;
        if (!network.IsIpv4 || first is 0 or 127 or >= 224)
        {
            throw new KernelException(
                $"{Text(network)} cannot be the network of the virtual LAN: choose a private one, such as 10.0.0.0/8");
        }

        if (network.Ipv4Value << prefix != 0)
        {
            throw new KernelException(
                $"{Text(network)}/{prefix} has bits behind its prefix: write "
                + $"{Text(IpAddress.FromIpv4(network.Ipv4Value >> (32 - prefix) << (32 - prefix)))}/{prefix}");
        }
    }

    private static void CheckIpv6(IpAddress network)
    {
        // Global unicast (2000::/3) or unique local (fc00::/7).
        bool isUnicast = network.High >> 61 == 1 || network.High >> 57 == 0x7E;
        if (!isUnicast || network.Low != 0)
        {
            throw new KernelException(
                $"{Text(network)}/64 cannot be the network of the virtual LAN: choose a unique local one, such as "
                + "fd64:656e:616c:6900::/64");
        }
    }

    private static string Text(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Write(bytes);
        return new System.Net.IPAddress(bytes[..address.SizeBytes]).ToString();
    }

    private int FindHost(ulong host)
    {
        if (host == GatewayHost)
        {
            return Gateway;
        }

        return host >= _firstHost && host - _firstHost < (uint)MachineMax ? (int)(host - _firstHost) : None;
    }
}
