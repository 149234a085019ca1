// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>A message of a DHCP client (RFC 2131 section 2 and table 5).</summary>
public ref struct DhcpRequest
{
    /// <summary>
    /// Bytes of every message: more than the 300 that relays of BOOTP insist on (RFC 1542 section 2.1), and room for
    /// all options.
    /// </summary>
    public const int SizeBytes = 400;

    /// <summary>Longest host name (RFC 1035 section 2.3.4: a label).</summary>
    public const int LongestHostNameBytes = DnsName.LongestLabelBytes;

    private const ushort BroadcastBit = 0x8000;

    /// <summary>What it is.</summary>
    public DhcpMessageType Type;

    /// <summary>Which exchange it belongs to.</summary>
    public uint TransactionId;

    /// <summary>Seconds since the client began.</summary>
    public ushort Seconds;

    /// <summary>Answers are to be broadcast: the client has no address to receive them with.</summary>
    public bool IsBroadcast;

    /// <summary>The client's hardware address.</summary>
    public MacAddress Client;

    /// <summary>The address that the client uses; default for none.</summary>
    public IpAddress ClientAddress;

    /// <summary>The address that it wants or declines; default for none.</summary>
    public IpAddress RequestedAddress;

    /// <summary>The server that is meant; default for none.</summary>
    public IpAddress Server;

    /// <summary>The client's name; may be empty.</summary>
    public ReadOnlySpan<byte> HostName;

    /// <summary>Writes the message.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>, all of which are sent.</param>
    public readonly void Write(Span<byte> bytes)
    {
        bytes[..SizeBytes].Clear();
        bytes[0] = 1;
        bytes[1] = 1;
        bytes[2] = MacAddress.SizeOf;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], TransactionId);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], Seconds);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], IsBroadcast ? BroadcastBit : (ushort)0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], ClientAddress.Ipv4Value);
        Client.Write(bytes[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[DhcpMessage.CookieOffset..], DhcpMessage.Cookie);
        int position = DhcpMessage.FixedBytes;
        Append(bytes, ref position, DhcpOption.MessageType, [(byte)Type]);
        Span<byte> identifier = stackalloc byte[1 + MacAddress.SizeOf];
        identifier[0] = 1;
        Client.Write(identifier[1..]);
        Append(bytes, ref position, DhcpOption.ClientIdentifier, identifier);
        AppendAddress(bytes, ref position, DhcpOption.RequestedAddress, RequestedAddress);
        AppendAddress(bytes, ref position, DhcpOption.ServerIdentifier, Server);
        if (Type is DhcpMessageType.Discover or DhcpMessageType.Request)
        {
            // 1500 bytes: what the link takes in one piece.
            Append(bytes, ref position, DhcpOption.LargestMessage, [1500 >> 8, 1500 & 0xFF]);
            Append(bytes, ref position, DhcpOption.ParameterList,
            [
                (byte)DhcpOption.SubnetMask,
                (byte)DhcpOption.Router,
                (byte)DhcpOption.DomainNameServer,
                (byte)DhcpOption.DomainName,
                (byte)DhcpOption.InterfaceMtu,
            ]);
            if (!HostName.IsEmpty)
            {
                Append(bytes, ref position, DhcpOption.HostName, HostName);
            }
        }

        bytes[position] = (byte)DhcpOption.End;
    }

    private static void AppendAddress(Span<byte> bytes, ref int position, DhcpOption option, IpAddress address)
    {
        if (!address.IsAny)
        {
            Span<byte> value = stackalloc byte[4];
            address.Write(value);
            Append(bytes, ref position, option, value);
        }
    }

    private static void Append(Span<byte> bytes, ref int position, DhcpOption option, ReadOnlySpan<byte> data)
    {
        bytes[position] = (byte)option;
        bytes[position + 1] = (byte)data.Length;
        data.CopyTo(bytes[(position + 2)..]);
        position += 2 + data.Length;
    }
}
