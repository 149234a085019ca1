// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The fragment header of IPv6 (RFC 8200 section 4.5).</summary>
public struct Ipv6FragmentHeader
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 8;

    /// <summary>What the datagram's fragmentable part begins with.</summary>
    public IpProtocol NextHeader;

    /// <summary>Where in the fragmentable part the fragment belongs, in bytes: a multiple of eight.</summary>
    public int OffsetBytes;

    /// <summary>It is not the last fragment.</summary>
    public bool MoreFragments;

    /// <summary>Which datagram the fragment belongs to.</summary>
    public uint Identification;

    /// <summary>The fragment is the whole datagram (RFC 6946); it never meets other fragments.</summary>
    public readonly bool IsAtomic => OffsetBytes == 0 && !MoreFragments;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">The header and what follows.</param>
    /// <param name="header">The header.</param>
    /// <returns>False if it is not whole.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv6FragmentHeader header)
    {
        header = default;
        if (bytes.Length < SizeBytes)
        {
            return false;
        }

        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        header.NextHeader = (IpProtocol)bytes[0];
        header.OffsetBytes = fragment & 0xFFF8;
        header.MoreFragments = (fragment & 1) != 0;
        header.Identification = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return true;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)NextHeader;
        bytes[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)((OffsetBytes & 0xFFF8) | (MoreFragments ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], Identification);
    }
}
