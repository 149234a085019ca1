// SPDX-License-Identifier: MIT
using Denali.Net;

namespace Ilwaco;

/// <summary>What a thread needs to ask for a name. Used again: there are as many as threads asked at once.</summary>
internal sealed class Lookup
{
    /// <summary>Asks for IPv4 addresses.</summary>
    internal DnsQuery Ipv4 { get; } = new();

    /// <summary>Asks for IPv6 addresses.</summary>
    internal DnsQuery Ipv6 { get; } = new();

    /// <summary>Next of those that nobody uses.</summary>
    internal Lookup? Next { get; set; }
}
