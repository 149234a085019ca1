// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What is known of a neighbour (RFC 4861 section 7.3.2; ARP is kept by the same rules).</summary>
public enum NeighborState : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its hardware address is being asked for.</summary>
    Incomplete,

    /// <summary>It has answered not long ago.</summary>
    Reachable,

    /// <summary>It has answered once. Its address is used, and checked when it is used.</summary>
    Stale,

    /// <summary>Used; whoever uses it has a moment to confirm that packets get there.</summary>
    Delay,

    /// <summary>It is being asked whether it is still there.</summary>
    Probe,
}
