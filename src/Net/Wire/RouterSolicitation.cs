// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>The ICMPv6 message that asks routers to show themselves (RFC 4861 section 4.1).</summary>
public struct RouterSolicitation
{
    /// <summary>Most bytes that <see cref="Write"/> writes.</summary>
    public const int LargestBytes = IcmpHeader.SizeBytes + NeighborLinkOption.SizeBytes;

    /// <summary>Hardware address of the sender.</summary>
    public MacAddress SourceLinkAddress;

    /// <summary>Whether it is told. It is not if the sender has no address yet.</summary>
    public bool HasSourceLinkAddress;

    /// <summary>
    /// Reads a message. The caller has checked that its hop limit is 255 and its checksum good (RFC 4861 section
    /// 6.1.1).
    /// </summary>
    /// <param name="message">The ICMPv6 message.</param>
    /// <param name="solicitation">The message.</param>
    /// <returns>False if it must be ignored.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out RouterSolicitation solicitation)
    {
        solicitation = default;
        return message.Length >= IcmpHeader.SizeBytes
            && message[0] == (byte)Icmpv6Type.RouterSolicitation
            && message[1] == 0
            && NeighborLinkOption.TryFind(
                message[IcmpHeader.SizeBytes..],
                NeighborOptionType.SourceLinkAddress,
                ref solicitation.SourceLinkAddress,
                ref solicitation.HasSourceLinkAddress);
    }

    /// <summary>Writes the message with a checksum of zero.</summary>
    /// <param name="bytes">At least <see cref="LargestBytes"/>.</param>
    /// <returns>Bytes of the message.</returns>
    public readonly int Write(Span<byte> bytes)
    {
        bytes[..IcmpHeader.SizeBytes].Clear();
        bytes[0] = (byte)Icmpv6Type.RouterSolicitation;
        if (!HasSourceLinkAddress)
        {
            return IcmpHeader.SizeBytes;
        }

        NeighborLinkOption.Write(
            bytes[IcmpHeader.SizeBytes..], NeighborOptionType.SourceLinkAddress, SourceLinkAddress);
        return LargestBytes;
    }
}
