// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Denali.Net;

/// <summary>A message of a DHCP server (RFC 2131 section 2, RFC 2132).</summary>
public struct DhcpMessage
{
    /// <summary>Bytes before the options, with the magic cookie.</summary>
    public const int FixedBytes = 240;

    internal const uint Cookie = 0x6382_5363;

    internal const int ServerNameOffset = 44;

    internal const int BootFileOffset = 108;

    internal const int CookieOffset = 236;

    /// <summary>Smallest MTU that is believed: what every host must take (RFC 791 section 3.1).</summary>
    private const int SmallestMtu = 576;

    private const byte BootReply = 2;

    /// <summary>What it is.</summary>
    public DhcpMessageType Type;

    /// <summary>Which exchange it belongs to.</summary>
    public uint TransactionId;

    /// <summary>Which client it is for.</summary>
    public MacAddress Client;

    /// <summary>
    /// What it gives. Fields of options that are not there are zero. Whether it makes sense is not checked.
    /// </summary>
    public DhcpLease Lease;

    /// <summary>Where in the message the domain is.</summary>
    public int DomainOffset;

    /// <summary>Bytes of the domain.</summary>
    public int DomainBytes;

    /// <summary>Reads a message of a server.</summary>
    /// <param name="bytes">The payload of the UDP datagram.</param>
    /// <param name="message">The message.</param>
    /// <returns>False if it must be ignored.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out DhcpMessage message)
    {
        message = default;
        message.Lease.Router = IpAddress.Ipv4Any;
        message.Lease.Server = IpAddress.Ipv4Any;
        if (bytes.Length < FixedBytes
            || bytes[0] != BootReply
            || bytes[1] != 1
            || bytes[2] != MacAddress.SizeOf
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CookieOffset..]) != Cookie)
        {
            return false;
        }

        message.TransactionId = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        message.Lease.Address = IpAddress.ReadIpv4(bytes[16..]);
        message.Client = MacAddress.Read(bytes[28..]);
        int overload = 0;
        if (!message.TryReadOptions(bytes, FixedBytes, bytes.Length, ref overload))
        {
            return false;
        }

        // Options that did not fit go on in the boot file, then in the server name (RFC 2131 section 4.1).
        int nothing = 0;
        bool isWhole = (overload & 1) == 0
            || message.TryReadOptions(bytes, BootFileOffset, CookieOffset, ref nothing);
        isWhole &= (overload & 2) == 0
            || message.TryReadOptions(bytes, ServerNameOffset, BootFileOffset, ref nothing);
        return isWhole && message.Type != DhcpMessageType.None;
    }

    private bool TryReadOptions(ReadOnlySpan<byte> bytes, int from, int end, ref int overload)
    {
        int position = from;
        while (position < end && bytes[position] != (byte)DhcpOption.End)
        {
            DhcpOption option = (DhcpOption)bytes[position++];
            if (option == DhcpOption.Pad)
            {
                continue;
            }

            if (position >= end || position + 1 + bytes[position] > end)
            {
                return false;
            }

            int length = bytes[position++];
            ReadOnlySpan<byte> data = bytes.Slice(position, length);
            if (option == DhcpOption.DomainName)
            {
                DomainOffset = position;
                DomainBytes = length;
            }
            else if (option == DhcpOption.Overload && length == 1)
            {
                overload = data[0];
            }
            else if (!TryReadOption(option, data))
            {
                return false;
            }

            position += length;
        }

        return true;
    }

    private bool TryReadOption(DhcpOption option, ReadOnlySpan<byte> data)
    {
        switch (option)
        {
            case DhcpOption.MessageType when data.Length == 1:
                Type = (DhcpMessageType)data[0];
                return true;

            case DhcpOption.SubnetMask when data.Length == 4:
                return TryReadMask(BinaryPrimitives.ReadUInt32BigEndian(data));

            case DhcpOption.Router when data.Length >= 4 && data.Length % 4 == 0:
                Lease.Router = IpAddress.ReadIpv4(data);
                return true;

            case DhcpOption.DomainNameServer when data.Length >= 4 && data.Length % 4 == 0:
                Lease.DnsServerCount = Math.Min(data.Length / 4, DhcpServerList.Capacity);
                for (int index = 0; index < Lease.DnsServerCount; index++)
                {
                    Lease.DnsServers[index] = IpAddress.ReadIpv4(data[(index * 4)..]);
                }

                return true;

            case DhcpOption.InterfaceMtu when data.Length == 2:
                int mtu = BinaryPrimitives.ReadUInt16BigEndian(data);
                Lease.Mtu = mtu < SmallestMtu ? 0 : mtu;
                return true;

            case DhcpOption.ServerIdentifier when data.Length == 4:
                Lease.Server = IpAddress.ReadIpv4(data);
                return true;

            case DhcpOption.LeaseTime when data.Length == 4:
                Lease.LeaseSeconds = BinaryPrimitives.ReadUInt32BigEndian(data);
                return true;

            case DhcpOption.RenewalTime when data.Length == 4:
                Lease.RenewalSeconds = BinaryPrimitives.ReadUInt32BigEndian(data);
                return true;

            case DhcpOption.RebindingTime when data.Length == 4:
                Lease.RebindingSeconds = BinaryPrimitives.ReadUInt32BigEndian(data);
                return true;

            // A known option of another length is malformed; an unknown one is ignored.
            default:
                return option is not (DhcpOption.MessageType or DhcpOption.SubnetMask or DhcpOption.Router
                    or DhcpOption.DomainNameServer or DhcpOption.InterfaceMtu or DhcpOption.ServerIdentifier
                    or DhcpOption.LeaseTime or DhcpOption.RenewalTime or DhcpOption.RebindingTime
                    or DhcpOption.Overload);
        }
    }

    /// <summary>A mask is ones, then zeros.</summary>
    private bool TryReadMask(uint mask)
    {
        Lease.PrefixLength = BitOperations.PopCount(mask);
        return mask != 0 && BitOperations.IsPow2(~mask + 1UL);
    }
}
