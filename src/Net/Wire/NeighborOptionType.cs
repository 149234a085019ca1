// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Options of neighbour discovery (RFC 4861 section 4.6).</summary>
public enum NeighborOptionType : byte
{
    /// <summary>Hardware address of the sender.</summary>
    SourceLinkAddress = 1,

    /// <summary>Hardware address of the target.</summary>
    TargetLinkAddress = 2,

    /// <summary>A prefix of the link.</summary>
    PrefixInformation = 3,

    /// <summary>What a redirect is about.</summary>
    RedirectedHeader = 4,

    /// <summary>MTU of the link.</summary>
    Mtu = 5,
}
