// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// What a DHCP server would see in a message that a VM sends (RFC 2131 section 2, table 5). Where two readers could see
/// different things, it is refused.
/// </summary>
internal struct DhcpClientMessage
{
    private const byte BootRequest = 1;
    private const byte EthernetType = 1;
    private const uint Cookie = 0x6382_5363;
    private const int CookieOffset = DhcpMessage.FixedBytes - sizeof(uint);
    private const int HopsOffset = 3;
    private const int ClientAddressOffset = 12;
    private const int RelayOffset = 24;
    private const int ClientOffset = 28;

    /// <summary>Of relays only (RFC 3046).</summary>
    private const DhcpOption RelayInformation = (DhcpOption)82;

    /// <summary>What it is.</summary>
    internal DhcpMessageType Type;

    /// <summary>Which exchange it belongs to.</summary>
    internal uint TransactionId;

    /// <summary>Whose hardware address it tells.</summary>
    internal MacAddress Client;

    /// <summary>The address that the client says it uses; 0.0.0.0 for none.</summary>
    internal IpAddress ClientAddress;

    /// <summary>The address that it wants or declines; 0.0.0.0 for none.</summary>
    internal IpAddress RequestedAddress;

    /// <summary>The address that the packet comes from.</summary>
    internal IpAddress Source;

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The payload of the UDP datagram.</param>
    /// <param name="message">The message, but for its source.</param>
    /// <returns>False if no client sends such a message about itself.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> bytes, out DhcpClientMessage message)
    {
        message = new DhcpClientMessage { RequestedAddress = IpAddress.Ipv4Any };
        if (bytes.Length < DhcpMessage.FixedBytes
            || bytes[0] != BootRequest
            || bytes[1] != EthernetType
            || bytes[2] != MacAddress.SizeOf
            || bytes[HopsOffset] != 0
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[RelayOffset..]) != 0
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CookieOffset..]) != Cookie)
        {
            return false;
        }

        message.TransactionId = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        message.ClientAddress = IpAddress.ReadIpv4(bytes[ClientAddressOffset..]);
        message.Client = MacAddress.Read(bytes[ClientOffset..]);
        return message.TryReadOptions(bytes[DhcpMessage.FixedBytes..]);
    }

    private bool TryReadOptions(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty && rest[0] != (byte)DhcpOption.End)
        {
            if (rest[0] == (byte)DhcpOption.Pad)
            {
                rest = rest[1..];
                continue;
            }

            if (rest.Length < 2 || rest.Length < 2 + rest[1])
            {
                return false;
            }

            if (!TryReadOption((DhcpOption)rest[0], rest.Slice(2, rest[1])))
            {
                return false;
            }

            rest = rest[(2 + rest[1])..];
        }

        // Without the end, another reader may go on.
        return !rest.IsEmpty && Type != DhcpMessageType.None;
    }

    private bool TryReadOption(DhcpOption option, ReadOnlySpan<byte> data)
    {
        switch (option)
        {
            case DhcpOption.MessageType:
                bool isFirst = Type == DhcpMessageType.None && data.Length == 1;
                Type = isFirst ? (DhcpMessageType)data[0] : DhcpMessageType.None;
                return isFirst && Type != DhcpMessageType.None;

            case DhcpOption.RequestedAddress:
                bool isOnly = RequestedAddress.IsAny && data.Length == sizeof(uint);
                RequestedAddress = isOnly ? IpAddress.ReadIpv4(data) : IpAddress.Ipv4Any;
                return isOnly;

            case DhcpOption.ClientIdentifier:
                // Servers know clients by it: who may choose it is as many clients as it likes.
                return data.Length == 1 + MacAddress.SizeOf
                    && data[0] == EthernetType
                    && MacAddress.Read(data[1..]) == Client;

            // More options in other fields would have to be read as well, and no client needs them.
            case DhcpOption.Overload:
            case RelayInformation:
                return false;

            default:
                return true;
        }
    }
}
