// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>The ICMPv6 message that asks for a hardware address (RFC 4861 section 4.3).</summary>
public struct NeighborSolicitation
{
    /// <summary>Most bytes that <see cref="Write"/> writes.</summary>
    public const int LargestBytes = FixedBytes + NeighborLinkOption.SizeBytes;

    private const int FixedBytes = 24;

    /// <summary>Whose hardware address is asked for. Never a multicast address.</summary>
    public IpAddress Target;

    /// <summary>Hardware address of the sender.</summary>
    public MacAddress SourceLinkAddress;

    /// <summary>Whether it is told. It is not in duplicate address detection.</summary>
    public bool HasSourceLinkAddress;

    /// <summary>
    /// Reads a message. The caller has checked that its hop limit is 255 and its checksum good (RFC 4861 section
    /// 7.1.1).
    /// </summary>
    /// <param name="message">The ICMPv6 message.</param>
    /// <param name="solicitation">The message.</param>
    /// <returns>False if it must be ignored.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out NeighborSolicitation solicitation)
    {
        solicitation = default;
        if (message.Length < FixedBytes
            || message[0] != (byte)Icmpv6Type.NeighborSolicitation
            || message[1] != 0)
        {
            return false;
        }

        solicitation.Target = IpAddress.ReadIpv6(message[8..]);
        return !solicitation.Target.IsMulticast
            && !solicitation.Target.IsIpv4
            && NeighborLinkOption.TryFind(
                message[FixedBytes..],
                NeighborOptionType.SourceLinkAddress,
                ref solicitation.SourceLinkAddress,
                ref solicitation.HasSourceLinkAddress);
    }

    /// <summary>Writes the message with a checksum of zero.</summary>
    /// <param name="bytes">At least <see cref="LargestBytes"/>.</param>
    /// <returns>Bytes of the message.</returns>
    public readonly int Write(Span<byte> bytes)
    {
        bytes[..FixedBytes].Clear();
        bytes[0] = (byte)Icmpv6Type.NeighborSolicitation;
        Target.Write(bytes[8..]);
        if (!HasSourceLinkAddress)
        {
            return FixedBytes;
        }

        NeighborLinkOption.Write(bytes[FixedBytes..], NeighborOptionType.SourceLinkAddress, SourceLinkAddress);
        return LargestBytes;
    }
}
