// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>A prefix that a router announces (RFC 4861 section 4.6.2).</summary>
public struct PrefixInformation
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 32;

    private const byte OnLinkBit = 0x80;

    private const byte AutonomousBit = 0x40;

    /// <summary>The prefix; bits after <see cref="PrefixLength"/> mean nothing.</summary>
    public IpAddress Prefix;

    /// <summary>Bits of the prefix, 0-128.</summary>
    public byte PrefixLength;

    /// <summary>Addresses with the prefix are on the link.</summary>
    public bool IsOnLink;

    /// <summary>Hosts may make addresses with the prefix (RFC 4862).</summary>
    public bool IsAutonomous;

    /// <summary>Seconds that the prefix is valid; 0xFFFFFFFF for ever.</summary>
    public uint ValidSeconds;

    /// <summary>Seconds that addresses made with it are preferred; 0xFFFFFFFF for ever.</summary>
    public uint PreferredSeconds;

    /// <summary>Reads the option.</summary>
    /// <param name="option">The option with its type and length.</param>
    /// <param name="prefix">The prefix.</param>
    /// <returns>False if it must be ignored.</returns>
    public static bool TryParse(ReadOnlySpan<byte> option, out PrefixInformation prefix)
    {
        prefix = default;
        if (option.Length != SizeBytes || option[2] > 128)
        {
            return false;
        }

        prefix.PrefixLength = option[2];
        prefix.IsOnLink = (option[3] & OnLinkBit) != 0;
        prefix.IsAutonomous = (option[3] & AutonomousBit) != 0;
        prefix.ValidSeconds = BinaryPrimitives.ReadUInt32BigEndian(option[4..]);
        prefix.PreferredSeconds = BinaryPrimitives.ReadUInt32BigEndian(option[8..]);
        prefix.Prefix = IpAddress.ReadIpv6(option[16..]);
        return !prefix.Prefix.IsIpv4;
    }

    /// <summary>Writes the option.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        bytes[..SizeBytes].Clear();
        bytes[0] = (byte)NeighborOptionType.PrefixInformation;
        bytes[1] = SizeBytes / 8;
        bytes[2] = PrefixLength;
        bytes[3] = (byte)((IsOnLink ? OnLinkBit : 0) | (IsAutonomous ? AutonomousBit : 0));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], ValidSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], PreferredSeconds);
        Prefix.Write(bytes[16..]);
    }
}
