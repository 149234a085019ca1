// SPDX-License-Identifier: MIT
using Denali.Net;

namespace Ilwaco;

/// <summary>An address and a port, as sockets take them.</summary>
/// <param name="address">The address.</param>
/// <param name="port">The port.</param>
public readonly struct SocketAddress(IpAddress address, ushort port)
{
    /// <summary>The address.</summary>
    public IpAddress Address { get; } = address;

    /// <summary>The port.</summary>
    public ushort Port { get; } = port;

    /// <summary>The family of the address.</summary>
    public AddressFamily Family => Address.IsIpv4 ? AddressFamily.Ipv4 : AddressFamily.Ipv6;

    internal IpEndpoint Endpoint => new(Address, Port);

    /// <summary>Any address of a family, with a port.</summary>
    /// <param name="family">The family.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <returns>The address.</returns>
    public static SocketAddress Any(AddressFamily family, ushort port) =>
        new(family == AddressFamily.Ipv4 ? IpAddress.Ipv4Any : default, port);

    internal static SocketAddress Of(IpEndpoint endpoint) => new(endpoint.Address, endpoint.Port);
}
