// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Codes of ICMP "destination unreachable" (RFC 792, RFC 1122 section 3.2.2.1).</summary>
public enum IcmpUnreachableCode : byte
{
    /// <summary>No route to the network. A soft error.</summary>
    Network = 0,

    /// <summary>The host does not answer. A soft error.</summary>
    Host = 1,

    /// <summary>The host does not speak the protocol.</summary>
    Protocol = 2,

    /// <summary>Nobody listens at the port.</summary>
    Port = 3,

    /// <summary>Too large, and may not be cut; the lower half of the rest is the MTU (RFC 1191).</summary>
    FragmentationNeeded = 4,

    /// <summary>A source route failed. A soft error.</summary>
    SourceRouteFailed = 5,

    /// <summary>Communication with the network is prohibited.</summary>
    NetworkProhibited = 9,

    /// <summary>Communication with the host is prohibited.</summary>
    HostProhibited = 10,

    /// <summary>Communication is prohibited (RFC 1812 section 5.2.7.1).</summary>
    AdministrativelyProhibited = 13,
}
