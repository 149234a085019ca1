// SPDX-License-Identifier: MIT
using System;
using System.Net;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>Addresses as the host's sockets take them, and which of them a VM may reach through them.</summary>
internal static class UplinkAddress
{
    /// <summary>The same address for the host's sockets.</summary>
    internal static IPEndPoint ToHost(IpEndpoint endpoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endpoint.Address.Write(bytes);
        return new IPEndPoint(new IPAddress(bytes[..endpoint.Address.SizeBytes]), endpoint.Port);
    }

    /// <summary>
    /// Whether an address is outside. The host's own services on its loopback addresses, the link's neighbours and
    /// groups are not: what is there often trusts whoever can reach it.
    /// </summary>
    internal static bool IsOutside(IpAddress address) =>
        !address.IsAny
        && !address.IsLoopback
        && !address.IsMulticast
        && !address.IsLinkLocal
        && !(address.IsIpv4 && (IsIpv4LinkLocal(address) || address.Ipv4Value >> 24 is 0 or 255));

    // 169.254.0.0/16 (RFC 3927), where clouds keep their machines' credentials.
    private static bool IsIpv4LinkLocal(IpAddress address) => address.Ipv4Value >> 16 == 0xA9FE;
}
