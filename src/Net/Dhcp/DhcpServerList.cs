// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Denali.Net;

/// <summary>The name servers of a lease.</summary>
[InlineArray(Capacity)]
public struct DhcpServerList
{
    /// <summary>Most that are kept: as many as the resolver asks.</summary>
    public const int Capacity = DnsResolver.MaximumServers;

    private IpAddress _first;
}
