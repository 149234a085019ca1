// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The header of an IPv4 packet (RFC 791 section 3.1).</summary>
public struct Ipv4Header
{
    /// <summary>Bytes of a header without options, as it is written.</summary>
    public const int SizeBytes = 20;

    /// <summary>Largest IPv4 packet: the total length has 16 bits.</summary>
    public const int LargestPacketBytes = 65_535;

    private const ushort DontFragmentBit = 0x4000;

    private const ushort MoreFragmentsBit = 0x2000;

    /// <summary>Bytes of the header with its options: where the payload begins.</summary>
    public int HeaderBytes;

    /// <summary>Bytes of the packet with its header. A frame may be longer: it is padded to 60 bytes.</summary>
    public int TotalBytes;

    /// <summary>Type of service: DSCP in the upper six bits (RFC 2474), ECN in the lower two (RFC 3168).</summary>
    public byte TrafficClass;

    /// <summary>Which datagram a fragment belongs to (RFC 6864).</summary>
    public ushort Identification;

    /// <summary>Routers must not cut the packet.</summary>
    public bool DontFragment;

    /// <summary>It is a fragment, and not the last.</summary>
    public bool MoreFragments;

    /// <summary>Where in the datagram the fragment belongs, in bytes: a multiple of eight.</summary>
    public int FragmentOffsetBytes;

    /// <summary>Time to live.</summary>
    public byte HopLimit;

    /// <summary>What the packet carries.</summary>
    public IpProtocol Protocol;

    /// <summary>Who sent it.</summary>
    public IpAddress Source;

    /// <summary>Whom it is for.</summary>
    public IpAddress Destination;

    /// <summary>Whether the packet is a part of a datagram.</summary>
    public readonly bool IsFragment => MoreFragments || FragmentOffsetBytes != 0;

    /// <summary>Bytes of payload.</summary>
    public readonly int PayloadBytes => TotalBytes - HeaderBytes;

    /// <summary>Reads a header, checks its checksum and the form of its options, which are otherwise ignored.</summary>
    /// <param name="packet">The packet, perhaps with padding of the link.</param>
    /// <param name="header">The header.</param>
    /// <returns>
    /// False if the packet must be dropped silently (RFC 1122 sections 3.2.1.1 and 3.2.1.2): other version, header or
    /// total length that cannot be, bad checksum, malformed options.
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, out Ipv4Header header)
    {
        header = default;
        if (packet.Length < SizeBytes || packet[0] >> 4 != 4)
        {
            return false;
        }

        header.ReadFields(packet);
        if (header.HeaderBytes < SizeBytes
            || header.TotalBytes < header.HeaderBytes
            || header.TotalBytes > packet.Length
            || InternetChecksum.Fold(InternetChecksum.Add(0, packet[..header.HeaderBytes])) != InternetChecksum.Good)
        {
            return false;
        }

        return AreOptionsWellFormed(packet[SizeBytes..header.HeaderBytes]);
    }

    /// <summary>
    /// Reads as much of a header as an ICMP error quotes: without checksum, options and total length.
    /// </summary>
    /// <param name="quote">The quoted packet.</param>
    /// <param name="header">The header; <see cref="TotalBytes"/> is what the quoted packet said.</param>
    /// <returns>
    /// False if less than the header and eight bytes after it are quoted (RFC 792), or it is not IPv4.
    /// </returns>
    public static bool TryParseQuoted(ReadOnlySpan<byte> quote, out Ipv4Header header)
    {
        header = default;
        if (quote.Length < SizeBytes || quote[0] >> 4 != 4)
        {
            return false;
        }

        header.ReadFields(quote);
        return header.HeaderBytes >= SizeBytes && quote.Length >= header.HeaderBytes + 8;
    }

    /// <summary>
    /// Writes the header without options, with its checksum. <see cref="TotalBytes"/> counts; <see cref="HeaderBytes"/>
    /// does not.
    /// </summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        int fragment = FragmentOffsetBytes / 8;
        fragment |= DontFragment ? DontFragmentBit : 0;
        fragment |= MoreFragments ? MoreFragmentsBit : 0;
        bytes[0] = 0x45;
        bytes[1] = TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)TotalBytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)fragment);
        bytes[8] = HopLimit;
        bytes[9] = (byte)Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], Source.Ipv4Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], Destination.Ipv4Value);
        ushort checksum = InternetChecksum.Complete(InternetChecksum.Add(0, bytes[..SizeBytes]));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], checksum);
    }

    /// <summary>
    /// Walks the options (RFC 791 section 3.1): types 0 and 1 are a single byte, others tell their length.
    /// </summary>
    private static bool AreOptionsWellFormed(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != 0)
        {
            int length = 1;
            if (options[0] != 1)
            {
                length = options.Length < 2 ? 0 : options[1];
                if (length < 2 || length > options.Length)
                {
                    return false;
                }
            }

            options = options[length..];
        }

        return true;
    }

    private void ReadFields(ReadOnlySpan<byte> packet)
    {
        HeaderBytes = (packet[0] & 0xF) * 4;
        TotalBytes = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        TrafficClass = packet[1];
        Identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        DontFragment = (fragment & DontFragmentBit) != 0;
        MoreFragments = (fragment & MoreFragmentsBit) != 0;
        FragmentOffsetBytes = (fragment & 0x1FFF) * 8;
        HopLimit = packet[8];
        Protocol = (IpProtocol)packet[9];
        Source = IpAddress.ReadIpv4(packet[12..]);
        Destination = IpAddress.ReadIpv4(packet[16..]);
    }
}
