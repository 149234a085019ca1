// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What is known of a received datagram besides its bytes.</summary>
public struct UdpDatagram
{
    /// <summary>Who sent it.</summary>
    public IpEndpoint Source;

    /// <summary>The address that it was sent to.</summary>
    public IpAddress Destination;

    /// <summary>Bytes of its payload, of which the caller may have room for fewer.</summary>
    public int LengthBytes;
}
