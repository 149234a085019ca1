// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>The ICMPv6 message that tells a hardware address (RFC 4861 section 4.4).</summary>
public struct NeighborAdvertisement
{
    /// <summary>Most bytes that <see cref="Write"/> writes.</summary>
    public const int LargestBytes = FixedBytes + NeighborLinkOption.SizeBytes;

    private const int FixedBytes = 24;

    private const byte RouterBit = 0x80;

    private const byte SolicitedBit = 0x40;

    private const byte OverrideBit = 0x20;

    /// <summary>The sender is a router.</summary>
    public bool IsRouter;

    /// <summary>It answers a solicitation.</summary>
    public bool IsSolicited;

    /// <summary>It replaces what is known.</summary>
    public bool IsOverride;

    /// <summary>Whose hardware address it is. Never a multicast address.</summary>
    public IpAddress Target;

    /// <summary>The hardware address.</summary>
    public MacAddress TargetLinkAddress;

    /// <summary>Whether it is told.</summary>
    public bool HasTargetLinkAddress;

    /// <summary>
    /// Reads a message. The caller has checked that its hop limit is 255 and its checksum good, and checks that one for
    /// a multicast address is not solicited (RFC 4861 section 7.1.2).
    /// </summary>
    /// <param name="message">The ICMPv6 message.</param>
    /// <param name="advertisement">The message.</param>
    /// <returns>False if it must be ignored.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out NeighborAdvertisement advertisement)
    {
        advertisement = default;
        if (message.Length < FixedBytes
            || message[0] != (byte)Icmpv6Type.NeighborAdvertisement
            || message[1] != 0)
        {
            return false;
        }

        advertisement.IsRouter = (message[4] & RouterBit) != 0;
        advertisement.IsSolicited = (message[4] & SolicitedBit) != 0;
        advertisement.IsOverride = (message[4] & OverrideBit) != 0;
        advertisement.Target = IpAddress.ReadIpv6(message[8..]);
        return !advertisement.Target.IsMulticast
            && !advertisement.Target.IsIpv4
            && NeighborLinkOption.TryFind(
                message[FixedBytes..],
                NeighborOptionType.TargetLinkAddress,
                ref advertisement.TargetLinkAddress,
                ref advertisement.HasTargetLinkAddress);
    }

    /// <summary>Writes the message with a checksum of zero.</summary>
    /// <param name="bytes">At least <see cref="LargestBytes"/>.</param>
    /// <returns>Bytes of the message.</returns>
    public readonly int Write(Span<byte> bytes)
    {
        bytes[..FixedBytes].Clear();
        bytes[0] = (byte)Icmpv6Type.NeighborAdvertisement;
        int flags = (IsRouter ? RouterBit : 0) | (IsSolicited ? SolicitedBit : 0) | (IsOverride ? OverrideBit : 0);
        bytes[4] = (byte)flags;
        Target.Write(bytes[8..]);
        if (!HasTargetLinkAddress)
        {
            return FixedBytes;
        }

        NeighborLinkOption.Write(bytes[FixedBytes..], NeighborOptionType.TargetLinkAddress, TargetLinkAddress);
        return LargestBytes;
    }
}
