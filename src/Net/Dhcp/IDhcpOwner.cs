// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>What <see cref="DhcpClient"/> asks of its owner. It must not be called back from within.</summary>
public interface IDhcpOwner
{
    /// <summary>Sends a UDP datagram from port 68 to port 67. If it gets lost, it is sent again later.</summary>
    /// <param name="source">Address to send from: 0.0.0.0, or that of the lease.</param>
    /// <param name="destination">255.255.255.255, or the server.</param>
    /// <param name="message">The message, valid during the call.</param>
    void SendDhcp(IpAddress source, IpAddress destination, ReadOnlySpan<byte> message);

    /// <summary>
    /// Finds out whether somebody uses an address (RFC 5227), then calls <see cref="DhcpClient.HandleProbe"/>.
    /// </summary>
    /// <param name="address">The address.</param>
    void ProbeAddress(IpAddress address);

    /// <summary>There is a lease, or it was renewed and may have changed.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="domain">The domain to look for names in, as text; may be empty.</param>
    void OnBound(in DhcpLease lease, ReadOnlySpan<byte> domain);

    /// <summary>The address must not be used any more.</summary>
    void OnLost();
}
