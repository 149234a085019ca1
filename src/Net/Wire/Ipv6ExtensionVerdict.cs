// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What is to be done with a packet after its extension headers were walked (RFC 8200 section 4).</summary>
public enum Ipv6ExtensionVerdict
{
    /// <summary>The transport follows at the offset told.</summary>
    Transport,

    /// <summary>A fragment follows at the offset told: reassemble.</summary>
    Fragment,

    /// <summary>Drop it without a word: cut off, too many headers, an option that says so.</summary>
    Drop,

    /// <summary>Drop it and send ICMPv6 "parameter problem" with the code and pointer told.</summary>
    ParameterProblem,

    /// <summary>The same, but not if the packet was for a multicast address.</summary>
    ParameterProblemUnlessMulticast,
}
