// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Takes datagrams before the sockets do: a gateway's. Called from inside the stack.</summary>
public interface IForeignDatagramHandler
{
    /// <summary>A datagram came.</summary>
    /// <param name="source">Who sent it.</param>
    /// <param name="destination">Whom it is for; may be the stack's own address.</param>
    /// <param name="payload">Its payload, valid during the call.</param>
    /// <returns>False to leave it to the sockets.</returns>
    bool TryTake(IpEndpoint source, IpEndpoint destination, ReadOnlySpan<byte> payload);
}
