// SPDX-License-Identifier: MIT
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>The addresses of the virtual LAN.</summary>
public sealed class LanOptions
{
    /// <summary>The IPv4 network; 10.0.0.0 by default.</summary>
    public IpAddress Ipv4Network { get; init; } = IpAddress.FromIpv4(0x0A00_0000);

    /// <summary>Bits of its prefix, 8 to 24. A longer prefix has room for fewer VMs.</summary>
    public int Ipv4PrefixLength { get; init; } = 8;

    /// <summary>The IPv6 network, whose prefix has 64 bits; fd64:656e:616c:6900:: by default.</summary>
    public IpAddress Ipv6Network { get; init; } = new(0xFD64_656E_616C_6900, 0);
}
