// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>
/// What routers told about the largest packet that reaches an address (RFC 1191, RFC 8201). An estimate only falls;
/// after ten minutes it is forgotten, so that a larger one is tried again.
/// </summary>
/// <remarks>
/// The owner checks first that the error quotes a packet that was sent: anybody can send errors (RFC 5927 section 7).
/// </remarks>
public sealed class PathMtuCache
{
    /// <summary>Addresses whose path is narrower than the link. Few are; the one known longest gives way.</summary>
    public const int Capacity = 32;

    /// <summary>
    /// Smallest estimate for IPv4. RFC 1191 allows 68, but everybody takes 576 (RFC 791 section 3.1), and an estimate
    /// below would only let a forged error cut a stream into crumbs.
    /// </summary>
    public const int Ipv4MinimumBytes = 576;

    /// <summary>Smallest MTU of a link that speaks IPv6 (RFC 8200 section 5).</summary>
    public const int Ipv6MinimumBytes = 1280;

    /// <summary>How long an estimate holds (RFC 1191 section 6.3, RFC 8201 section 4).</summary>
    public const ulong LifetimeNs = 600_000_000_000;

    // Made when first needed: most stacks never meet a narrow path.
    private PathMtuEntry[]? _entries;
    private int _count;

    /// <summary>Addresses that are remembered.</summary>
    public int Count => _count;

    /// <summary>Largest packet that reaches an address, as far as is known.</summary>
    /// <param name="destination">The address.</param>
    /// <param name="linkMtu">The MTU of the link, in bytes.</param>
    /// <param name="nowNs">The time.</param>
    /// <returns>Bytes with the IP header; not more than the link's.</returns>
    public int Get(IpAddress destination, int linkMtu, ulong nowNs)
    {
        int index = _count == 0 ? -1 : IndexOf(destination);
        return index >= 0 && nowNs < _entries![index].ExpiresNs ? Math.Min(_entries[index].Mtu, linkMtu) : linkMtu;
    }

    /// <summary>Takes what a router told: ICMP "fragmentation needed" or ICMPv6 "packet too big".</summary>
    /// <param name="destination">Where the packet was to go.</param>
    /// <param name="reportedMtu">
    /// MTU of the next hop; 0 of an old router that does not tell (RFC 1191 section 5).
    /// </param>
    /// <param name="packetBytes">Total length of the packet that was too large, as quoted.</param>
    /// <param name="linkMtu">The MTU of the link, in bytes.</param>
    /// <param name="nowNs">The time.</param>
    /// <returns>Whether the estimate fell: transports should send again in smaller packets.</returns>
    public bool TryLower(IpAddress destination, uint reportedMtu, int packetBytes, int linkMtu, ulong nowNs)
    {
        // RFC 8201 section 4: less than the minimum of IPv6 is ignored.
        int current = Get(destination, linkMtu, nowNs);
        int minimum = destination.IsIpv4 ? Ipv4MinimumBytes : Ipv6MinimumBytes;
        if (!destination.IsIpv4 && reportedMtu < Ipv6MinimumBytes)
        {
            return false;
        }

        int mtu = reportedMtu == 0 ? Plateau(packetBytes) : (int)Math.Min(reportedMtu, int.MaxValue);
        mtu = Math.Max(mtu, minimum);
        if (mtu >= current)
        {
            return false;
        }

        int index = IndexOf(destination);
        index = index >= 0 ? index : TakeEntry(nowNs);
        _entries![index] = new PathMtuEntry { Destination = destination, Mtu = mtu, ExpiresNs = nowNs + LifetimeNs };
        return true;
    }

    /// <summary>Next smaller MTU that links are known to have (RFC 1191 section 7.1).</summary>
    private static int Plateau(int packetBytes) => packetBytes switch
    {
        > 32_000 => 32_000,
        > 17_914 => 17_914,
        > 8_166 => 8_166,
        > 4_352 => 4_352,
        > 2_002 => 2_002,
        > 1_492 => 1_492,
        > 1_006 => 1_006,
        _ => Ipv4MinimumBytes,
    };

    private int IndexOf(IpAddress destination)
    {
        for (int index = 0; index < _count; index++)
        {
            if (_entries![index].Destination == destination)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>An entry that is free, or has expired, or expires first.</summary>
    private int TakeEntry(ulong nowNs)
    {
        _entries ??= new PathMtuEntry[Capacity];
        int oldest = 0;
        for (int index = 0; index < _count; index++)
        {
            oldest = _entries[index].ExpiresNs < _entries[oldest].ExpiresNs ? index : oldest;
        }

        bool reuse = _count == Capacity || (_count > 0 && _entries[oldest].ExpiresNs <= nowNs);
        return reuse ? oldest : _count++;
    }
}
