// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The ICMPv6 message by which a router shows itself (RFC 4861 section 4.2).</summary>
public struct RouterAdvertisement
{
    /// <summary>Most bytes that <see cref="Write"/> writes.</summary>
    public const int LargestBytes =
        FixedBytes + NeighborLinkOption.SizeBytes + MtuOptionBytes
        + (PrefixList.Capacity * PrefixInformation.SizeBytes);

    private const int FixedBytes = 16;

    private const int MtuOptionBytes = 8;

    private const byte ManagedBit = 0x80;

    private const byte OtherBit = 0x40;

    /// <summary>Hop limit to use; 0 if the router has no opinion.</summary>
    public byte HopLimit;

    /// <summary>Addresses are given by DHCPv6.</summary>
    public bool IsManaged;

    /// <summary>Other settings are given by DHCPv6.</summary>
    public bool HasOtherConfiguration;

    /// <summary>Seconds that it is a default router; 0 if it is none.</summary>
    public ushort LifetimeSeconds;

    /// <summary>Milliseconds that a neighbour counts as reachable; 0 if the router has no opinion.</summary>
    public uint ReachableMs;

    /// <summary>Milliseconds between solicitations; 0 if the router has no opinion.</summary>
    public uint RetransmitMs;

    /// <summary>Hardware address of the router.</summary>
    public MacAddress SourceLinkAddress;

    /// <summary>Whether it is told.</summary>
    public bool HasSourceLinkAddress;

    /// <summary>MTU of the link; 0 if it is not told.</summary>
    public uint Mtu;

    /// <summary>The prefixes of the link, <see cref="PrefixCount"/> of them.</summary>
    public PrefixList Prefixes;

    /// <summary>How many prefixes there are.</summary>
    public int PrefixCount;

    /// <summary>
    /// Reads a message. The caller has checked that its hop limit is 255, its checksum good and its source link-local
    /// (RFC 4861 section 6.1.2).
    /// </summary>
    /// <param name="message">The ICMPv6 message.</param>
    /// <param name="advertisement">The message.</param>
    /// <returns>False if it must be ignored.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out RouterAdvertisement advertisement)
    {
        advertisement = default;
        if (message.Length < FixedBytes
            || message[0] != (byte)Icmpv6Type.RouterAdvertisement
            || message[1] != 0)
        {
            return false;
        }

        advertisement.HopLimit = message[4];
        advertisement.IsManaged = (message[5] & ManagedBit) != 0;
        advertisement.HasOtherConfiguration = (message[5] & OtherBit) != 0;
        advertisement.LifetimeSeconds = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        advertisement.ReachableMs = BinaryPrimitives.ReadUInt32BigEndian(message[8..]);
        advertisement.RetransmitMs = BinaryPrimitives.ReadUInt32BigEndian(message[12..]);
        NeighborOptionReader reader = new(message[FixedBytes..]);
        while (reader.TryRead(out NeighborOptionType type, out ReadOnlySpan<byte> option))
        {
            advertisement.ReadOption(type, option);
        }

        return !reader.IsMalformed;
    }

    /// <summary>Writes the message with a checksum of zero.</summary>
    /// <param name="bytes">At least <see cref="LargestBytes"/>.</param>
    /// <returns>Bytes of the message.</returns>
    public readonly int Write(Span<byte> bytes)
    {
        bytes[..FixedBytes].Clear();
        bytes[0] = (byte)Icmpv6Type.RouterAdvertisement;
        bytes[4] = HopLimit;
        bytes[5] = (byte)((IsManaged ? ManagedBit : 0) | (HasOtherConfiguration ? OtherBit : 0));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], LifetimeSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], ReachableMs);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], RetransmitMs);
        int length = FixedBytes;
        if (HasSourceLinkAddress)
        {
            NeighborLinkOption.Write(bytes[length..], NeighborOptionType.SourceLinkAddress, SourceLinkAddress);
            length += NeighborLinkOption.SizeBytes;
        }

        if (Mtu != 0)
        {
            bytes[length] = (byte)NeighborOptionType.Mtu;
            bytes[length + 1] = MtuOptionBytes / 8;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[(length + 2)..], 0);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(length + 4)..], Mtu);
            length += MtuOptionBytes;
        }

        for (int index = 0; index < PrefixCount; index++)
        {
            Prefixes[index].Write(bytes[length..]);
            length += PrefixInformation.SizeBytes;
        }

        return length;
    }

    private void ReadOption(NeighborOptionType type, ReadOnlySpan<byte> option)
    {
        switch (type)
        {
            case NeighborOptionType.SourceLinkAddress when option.Length == NeighborLinkOption.SizeBytes:
                SourceLinkAddress = MacAddress.Read(option[2..]);
                HasSourceLinkAddress = true;
                break;

            case NeighborOptionType.Mtu when option.Length == MtuOptionBytes:
                Mtu = BinaryPrimitives.ReadUInt32BigEndian(option[4..]);
                break;

            case NeighborOptionType.PrefixInformation when PrefixCount < PrefixList.Capacity:
                if (PrefixInformation.TryParse(option, out PrefixInformation prefix))
                {
                    Prefixes[PrefixCount++] = prefix;
                }

                break;

            default:
                break;
        }
    }
}
