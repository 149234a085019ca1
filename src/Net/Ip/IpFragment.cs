// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What reassembly needs to know of a fragment, of either family.</summary>
public struct IpFragment
{
    /// <summary>Who sent it.</summary>
    public IpAddress Source;

    /// <summary>Whom it is for.</summary>
    public IpAddress Destination;

    /// <summary>
    /// What the datagram carries. Of IPv6 fragments only the first one's counts (RFC 8200 section 4.5).
    /// </summary>
    public IpProtocol Protocol;

    /// <summary>Which datagram it belongs to.</summary>
    public uint Identification;

    /// <summary>Where in the datagram's payload it belongs, in bytes.</summary>
    public int OffsetBytes;

    /// <summary>It is not the last.</summary>
    public bool MoreFragments;

    /// <summary>Type of service or traffic class.</summary>
    public byte TrafficClass;

    /// <summary>Time to live or hop limit.</summary>
    public byte HopLimit;

    /// <summary>Takes what is needed from an IPv4 header.</summary>
    /// <param name="header">A header of which <see cref="Ipv4Header.IsFragment"/> holds.</param>
    /// <returns>The fragment.</returns>
    public static IpFragment Of(in Ipv4Header header) => new()
    {
        Source = header.Source,
        Destination = header.Destination,
        Protocol = header.Protocol,
        Identification = header.Identification,
        OffsetBytes = header.FragmentOffsetBytes,
        MoreFragments = header.MoreFragments,
        TrafficClass = header.TrafficClass,
        HopLimit = header.HopLimit,
    };

    /// <summary>Takes what is needed from IPv6 headers.</summary>
    /// <param name="header">The header.</param>
    /// <param name="extensions">Its extensions, with the verdict <see cref="Ipv6ExtensionVerdict.Fragment"/>.</param>
    /// <returns>The fragment.</returns>
    public static IpFragment Of(in Ipv6Header header, in Ipv6Extensions extensions) => new()
    {
        Source = header.Source,
        Destination = header.Destination,
        Protocol = extensions.Fragment.NextHeader,
        Identification = extensions.Fragment.Identification,
        OffsetBytes = extensions.Fragment.OffsetBytes,
        MoreFragments = extensions.Fragment.MoreFragments,
        TrafficClass = header.TrafficClass,
        HopLimit = header.HopLimit,
    };

    /// <summary>
    /// Whether two fragments belong to one datagram (RFC 791 section 3.2: with the protocol; RFC 8200 section 4.5:
    /// without).
    /// </summary>
    /// <param name="other">The other fragment.</param>
    /// <returns>Whether they do.</returns>
    public readonly bool IsOfSameDatagram(in IpFragment other) =>
        Identification == other.Identification
        && Source == other.Source
        && Destination == other.Destination
        && (!Source.IsIpv4 || Protocol == other.Protocol);
}
