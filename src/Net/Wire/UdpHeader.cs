// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The header of a UDP datagram (RFC 768).</summary>
public struct UdpHeader
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 8;

    /// <summary>Where the checksum is.</summary>
    public const int ChecksumOffset = 6;

    /// <summary>Port of the sender; 0 if it wants no answer.</summary>
    public ushort SourcePort;

    /// <summary>Port of the receiver.</summary>
    public ushort DestinationPort;

    /// <summary>Bytes of the datagram with this header.</summary>
    public ushort LengthBytes;

    /// <summary>The checksum; 0 for none, which only IPv4 allows (RFC 8200 section 8.1).</summary>
    public ushort Checksum;

    /// <summary>Reads a header.</summary>
    /// <param name="datagram">The payload of the IP packet. More than the datagram says is ignored.</param>
    /// <param name="header">The header.</param>
    /// <returns>False if its length cannot be.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out UdpHeader header)
    {
        header = default;
        if (datagram.Length < SizeBytes)
        {
            return false;
        }

        header.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        header.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        header.LengthBytes = BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]);
        header.Checksum = BinaryPrimitives.ReadUInt16BigEndian(datagram[ChecksumOffset..]);
        return header.LengthBytes >= SizeBytes && header.LengthBytes <= datagram.Length;
    }

    /// <summary>Reads the ports from what an ICMP error quotes, where there may be no more than eight bytes.</summary>
    /// <param name="quote">What is quoted of the datagram.</param>
    /// <param name="header">The header; its length is what the quoted datagram said.</param>
    /// <returns>False if there are less than eight bytes.</returns>
    public static bool TryParseQuoted(ReadOnlySpan<byte> quote, out UdpHeader header)
    {
        _ = TryParse(quote, out header);
        return quote.Length >= SizeBytes;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], LengthBytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], Checksum);
    }
}
