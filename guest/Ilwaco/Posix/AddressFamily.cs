// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>Families of addresses, with the numbers of Linux.</summary>
public enum AddressFamily
{
    /// <summary>Any.</summary>
    Unspecified = 0,

    /// <summary>IPv4 (AF_INET).</summary>
    Ipv4 = 2,

    /// <summary>IPv6 (AF_INET6); takes IPv4 peers too unless <see cref="SocketOption.Ipv6Only"/> is set.</summary>
    Ipv6 = 10,
}
