// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What is known of the path to an address.</summary>
internal struct PathMtuEntry
{
    /// <summary>The address.</summary>
    public IpAddress Destination;

    /// <summary>Largest packet that reaches it, in bytes.</summary>
    public int Mtu;

    /// <summary>When that is forgotten.</summary>
    public ulong ExpiresNs;
}
