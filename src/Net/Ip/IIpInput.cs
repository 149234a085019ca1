// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>The transports above IP.</summary>
internal interface IIpInput
{
    /// <summary>Takes the payload of a packet for us.</summary>
    /// <param name="protocol">Not ICMP.</param>
    /// <param name="packet">What brought it.</param>
    /// <param name="payload">Transport header and payload.</param>
    /// <param name="nowNs">The time.</param>
    /// <returns>Whether somebody was there for it.</returns>
    IpDelivery Deliver(IpProtocol protocol, in IpPacket packet, ReadOnlySpan<byte> payload, ulong nowNs);

    /// <summary>A packet of ours did not arrive.</summary>
    /// <param name="protocol">Its transport.</param>
    /// <param name="error">What the ICMP message says.</param>
    /// <param name="quote">The beginning of its transport header, at least eight bytes.</param>
    /// <param name="nowNs">The time.</param>
    /// <returns>Whether the quote fits something that we sent: if not, the message is a forgery, or late.</returns>
    bool DeliverError(IpProtocol protocol, in IcmpError error, ReadOnlySpan<byte> quote, ulong nowNs);
}
