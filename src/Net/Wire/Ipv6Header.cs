// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The header of an IPv6 packet (RFC 8200 section 3), without extension headers.</summary>
public struct Ipv6Header
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 40;

    /// <summary>Bytes of everything after the header. Jumbograms (RFC 2675) are not spoken.</summary>
    public int PayloadBytes;

    /// <summary>Traffic class: DSCP in the upper six bits (RFC 2474), ECN in the lower two (RFC 3168).</summary>
    public byte TrafficClass;

    /// <summary>Flow label (RFC 6437), 20 bits.</summary>
    public uint FlowLabel;

    /// <summary>The first extension header, or the transport.</summary>
    public IpProtocol NextHeader;

    /// <summary>Hop limit.</summary>
    public byte HopLimit;

    /// <summary>Who sent it.</summary>
    public IpAddress Source;

    /// <summary>Whom it is for.</summary>
    public IpAddress Destination;

    /// <summary>Reads a header.</summary>
    /// <param name="packet">The packet, perhaps with padding of the link.</param>
    /// <param name="header">The header.</param>
    /// <returns>
    /// False if the packet must be dropped silently: other version, a payload longer than the packet, or an
    /// IPv4-mapped address, which must not be on a wire and would be taken for IPv4's (RFC 4942 section 2.2).
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, out Ipv6Header header) =>
        TryParseQuoted(packet, out header) && header.PayloadBytes <= packet.Length - SizeBytes;

    /// <summary>Reads the header that an ICMPv6 error quotes: what follows may be cut.</summary>
    /// <param name="quote">The quoted packet.</param>
    /// <param name="header">The header; its length is what the quoted packet said.</param>
    /// <returns>False if the header is not whole, or not one of IPv6.</returns>
    public static bool TryParseQuoted(ReadOnlySpan<byte> quote, out Ipv6Header header)
    {
        header = default;
        if (quote.Length < SizeBytes)
        {
            return false;
        }

        uint first = BinaryPrimitives.ReadUInt32BigEndian(quote);
        header.TrafficClass = (byte)(first >> 20);
        header.FlowLabel = first & 0xF_FFFF;
        header.PayloadBytes = BinaryPrimitives.ReadUInt16BigEndian(quote[4..]);
        header.NextHeader = (IpProtocol)quote[6];
        header.HopLimit = quote[7];
        header.Source = IpAddress.ReadIpv6(quote[8..]);
        header.Destination = IpAddress.ReadIpv6(quote[24..]);
        return first >> 28 == 6 && !header.Source.IsIpv4 && !header.Destination.IsIpv4;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        uint first = (6u << 28) | ((uint)TrafficClass << 20) | (FlowLabel & 0xF_FFFF);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, first);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)PayloadBytes);
        bytes[6] = (byte)NextHeader;
        bytes[7] = HopLimit;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Source.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], Source.Low);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], Destination.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[32..], Destination.Low);
    }
}
