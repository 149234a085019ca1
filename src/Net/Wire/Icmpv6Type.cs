// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Types of ICMPv6 messages (RFC 4443, RFC 4861). Below 128 they are errors.</summary>
public enum Icmpv6Type : byte
{
    /// <summary>Could not be delivered; see <see cref="Icmpv6UnreachableCode"/>.</summary>
    DestinationUnreachable = 1,

    /// <summary>Too large for a link; the rest is its MTU (RFC 4443 section 3.2).</summary>
    PacketTooBig = 2,

    /// <summary>See <see cref="IcmpTimeExceededCode"/>.</summary>
    TimeExceeded = 3,

    /// <summary>See <see cref="Icmpv6ParameterCode"/>; the rest is the pointer.</summary>
    ParameterProblem = 4,

    /// <summary>Asks for an echo reply.</summary>
    EchoRequest = 128,

    /// <summary>Answer to an echo request.</summary>
    EchoReply = 129,

    /// <summary>Asks routers to show themselves.</summary>
    RouterSolicitation = 133,

    /// <summary>A router shows itself.</summary>
    RouterAdvertisement = 134,

    /// <summary>Asks for a hardware address.</summary>
    NeighborSolicitation = 135,

    /// <summary>Tells a hardware address.</summary>
    NeighborAdvertisement = 136,

    /// <summary>Another router is nearer; ignored, because anybody on the link can say so.</summary>
    Redirect = 137,
}
