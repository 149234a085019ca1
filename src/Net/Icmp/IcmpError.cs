// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What an ICMP message says about a packet of ours (RFC 792, RFC 4443 section 3).</summary>
public struct IcmpError
{
    /// <summary>Our address.</summary>
    public IpAddress Source;

    /// <summary>Where the packet went.</summary>
    public IpAddress Destination;

    /// <summary>What is wrong.</summary>
    public NetError Error;

    /// <summary>Trying again is useless: the protocol or port is not there (RFC 1122 section 4.2.3.9).</summary>
    public bool IsHard;

    /// <summary>
    /// If the error is <see cref="NetError.TooLarge"/>: the path MTU in bytes, or 0 of a router that does not tell.
    /// </summary>
    public int PathMtuBytes;

    /// <summary>Total length of the packet, as it was quoted.</summary>
    public int PacketBytes;
}
