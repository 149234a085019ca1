// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The first eight bytes of an ICMP (RFC 792) or ICMPv6 (RFC 4443) message.</summary>
public struct IcmpHeader
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 8;

    /// <summary>Where the checksum is.</summary>
    public const int ChecksumOffset = 2;

    /// <summary>An <see cref="IcmpType"/> or <see cref="Icmpv6Type"/>.</summary>
    public byte Type;

    /// <summary>What it is in particular; depends on the type.</summary>
    public byte Code;

    /// <summary>The checksum.</summary>
    public ushort Checksum;

    /// <summary>Bytes 4-7: identifier and sequence of an echo, MTU, pointer.</summary>
    public uint Rest;

    /// <summary>Reads a header.</summary>
    /// <param name="message">The message.</param>
    /// <param name="header">The header.</param>
    /// <returns>False if it is not whole.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out IcmpHeader header)
    {
        header = default;
        if (message.Length < SizeBytes)
        {
            return false;
        }

        header.Type = message[0];
        header.Code = message[1];
        header.Checksum = BinaryPrimitives.ReadUInt16BigEndian(message[ChecksumOffset..]);
        header.Rest = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        return true;
    }

    /// <summary>
    /// Whether a message arrived whole. ICMPv6 covers a pseudo header (RFC 4443 section 2.3), ICMP none.
    /// </summary>
    /// <param name="source">Who sent it.</param>
    /// <param name="destination">Whom it is for.</param>
    /// <param name="message">The message.</param>
    /// <returns>Whether its checksum is good.</returns>
    public static bool IsChecksumGood(IpAddress source, IpAddress destination, ReadOnlySpan<byte> message) =>
        InternetChecksum.Fold(InternetChecksum.Add(BaseSum(source, destination, message.Length), message))
            == InternetChecksum.Good;

    /// <summary>Puts the checksum into a message in one piece.</summary>
    /// <param name="source">Who sends it.</param>
    /// <param name="destination">Whom it is for.</param>
    /// <param name="message">The message, at least <see cref="SizeBytes"/>.</param>
    public static void WriteChecksum(IpAddress source, IpAddress destination, Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        uint sum = InternetChecksum.Add(BaseSum(source, destination, message.Length), message);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], InternetChecksum.Complete(sum));
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        bytes[0] = Type;
        bytes[1] = Code;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], Checksum);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], Rest);
    }

    private static uint BaseSum(IpAddress source, IpAddress destination, int length) =>
        source.IsIpv4 ? 0 : InternetChecksum.PseudoHeader(source, destination, IpProtocol.Icmpv6, (uint)length);
}
