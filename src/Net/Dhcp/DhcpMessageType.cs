// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Kinds of DHCP messages (RFC 2132 section 9.6).</summary>
public enum DhcpMessageType : byte
{
    /// <summary>No DHCP message.</summary>
    None = 0,

    /// <summary>A client looks for servers.</summary>
    Discover = 1,

    /// <summary>A server offers an address.</summary>
    Offer = 2,

    /// <summary>A client takes an offer, or wants to keep its address.</summary>
    Request = 3,

    /// <summary>A client found the address in use.</summary>
    Decline = 4,

    /// <summary>The address is the client's.</summary>
    Acknowledge = 5,

    /// <summary>The address is not the client's (DHCPNAK).</summary>
    Refuse = 6,

    /// <summary>A client gives its address back.</summary>
    Release = 7,
}
