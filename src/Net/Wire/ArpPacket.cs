// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
public struct ArpPacket
{
    /// <summary>Bytes on the wire, without the Ethernet header.</summary>
    public const int SizeBytes = 28;

    /// <summary>Hardware type of Ethernet (IANA).</summary>
    private const ushort Ethernet = 1;

    /// <summary>What the packet wants.</summary>
    public ArpOperation Operation;

    /// <summary>Hardware address of the sender.</summary>
    public MacAddress SenderMac;

    /// <summary>IPv4 address of the sender; 0.0.0.0 in a probe (RFC 5227).</summary>
    public IpAddress SenderAddress;

    /// <summary>Hardware address of the target; means nothing in a request.</summary>
    public MacAddress TargetMac;

    /// <summary>IPv4 address of the target.</summary>
    public IpAddress TargetAddress;

    /// <summary>Reads a packet.</summary>
    /// <param name="bytes">What follows the Ethernet header, perhaps with padding.</param>
    /// <param name="packet">The packet.</param>
    /// <returns>False if it is too short, of other hardware or protocol, or neither request nor reply.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ArpPacket packet)
    {
        packet = default;
        if (bytes.Length < SizeBytes
            || BinaryPrimitives.ReadUInt16BigEndian(bytes) != Ethernet
            || BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) != (ushort)EtherType.Ipv4
            || bytes[4] != MacAddress.SizeOf
            || bytes[5] != 4)
        {
            return false;
        }

        packet.Operation = (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        packet.SenderMac = MacAddress.Read(bytes[8..]);
        packet.SenderAddress = IpAddress.ReadIpv4(bytes[14..]);
        packet.TargetMac = MacAddress.Read(bytes[18..]);
        packet.TargetAddress = IpAddress.ReadIpv4(bytes[24..]);
        return packet.Operation is ArpOperation.Request or ArpOperation.Reply;
    }

    /// <summary>Writes the packet.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)EtherType.Ipv4);
        bytes[4] = MacAddress.SizeOf;
        bytes[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)Operation);
        SenderMac.Write(bytes[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[14..], SenderAddress.Ipv4Value);
        TargetMac.Write(bytes[18..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[24..], TargetAddress.Ipv4Value);
    }
}
