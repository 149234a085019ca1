// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What a server gave.</summary>
public struct DhcpLease
{
    /// <summary>The address.</summary>
    public IpAddress Address;

    /// <summary>Bits of the subnet's prefix, 1-32.</summary>
    public int PrefixLength;

    /// <summary>The router; 0.0.0.0 for none.</summary>
    public IpAddress Router;

    /// <summary>The name servers, <see cref="DnsServerCount"/> of them.</summary>
    public DhcpServerList DnsServers;

    /// <summary>How many there are.</summary>
    public int DnsServerCount;

    /// <summary>MTU of the link in bytes, at least 576; 0 if it was not told.</summary>
    public int Mtu;

    /// <summary>The server.</summary>
    public IpAddress Server;

    /// <summary>Seconds that the address may be used; <see cref="uint.MaxValue"/> for ever.</summary>
    public uint LeaseSeconds;

    /// <summary>Seconds until the server is asked again (T1).</summary>
    public uint RenewalSeconds;

    /// <summary>Seconds until any server is asked (T2).</summary>
    public uint RebindingSeconds;
}
