// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Codes of ICMPv6 "destination unreachable" (RFC 4443 section 3.1).</summary>
public enum Icmpv6UnreachableCode : byte
{
    /// <summary>No route. A soft error.</summary>
    NoRoute = 0,

    /// <summary>Communication is prohibited.</summary>
    Prohibited = 1,

    /// <summary>The address is of a smaller scope than the way there.</summary>
    BeyondScope = 2,

    /// <summary>The host does not answer. A soft error.</summary>
    Address = 3,

    /// <summary>Nobody listens at the port.</summary>
    Port = 4,

    /// <summary>The source address is not allowed there.</summary>
    PolicyFailed = 5,

    /// <summary>The route refuses.</summary>
    RejectRoute = 6,
}
