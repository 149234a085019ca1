// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>How <see cref="IIpOutput.Send"/> went.</summary>
public enum IpSendResult
{
    /// <summary>Given to the link, or waiting for the neighbour's hardware address.</summary>
    Sent,

    /// <summary>The link has no room now; ask again at the next poll.</summary>
    LinkFull,

    /// <summary>No route: no address of that family, or no gateway.</summary>
    Unreachable,

    /// <summary>Larger than the path allows, and it may not be cut.</summary>
    TooLarge,
}
