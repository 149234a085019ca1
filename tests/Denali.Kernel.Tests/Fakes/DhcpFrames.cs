// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>Makes frames with DHCP messages, byte by byte.</summary>
internal static class DhcpFrames
{
    internal const int PayloadOffset = EthernetHeader.SizeBytes + Ipv4Header.SizeBytes + UdpHeader.SizeBytes;
    internal const uint Transaction = 0x1234_5678;

    /// <summary>A machine outside, which is the server.</summary>
    internal static readonly MacAddress ServerMac = new(0x0200_0000_0001);

    internal static readonly IpAddress Server = IpAddress.FromIpv4(0xC0A8_4D01);

    internal static readonly IpAddress Leased = IpAddress.FromIpv4(0xC0A8_4D32);

    internal static readonly IpAddress Other = IpAddress.FromIpv4(0xC0A8_4D33);

    /// <summary>What a VM sends to servers.</summary>
    internal static byte[] Question(
        int from,
        DhcpMessageType type,
        IpAddress? source = null,
        IpAddress? current = null,
        IpAddress? wanted = null,
        uint transaction = Transaction,
        byte[]? options = null,
        Action<byte[]>? change = null)
    {
        MacAddress mac = SwitchAddressing.MacOf(from);
        var list = new List<byte> { 53, 1, (byte)type };
        list.AddRange(options ?? [61, 7, 1, .. MacBytes(mac)]);
        if (wanted is { } address)
        {
            list.AddRange([50, 4, .. Bytes(address)]);
        }

        byte[] message = Message(1, transaction, mac, list);
        Bytes(current ?? IpAddress.Ipv4Any).CopyTo(message, 12);
        change?.Invoke(message);
        return Frame(
            mac, MacAddress.Broadcast, source ?? IpAddress.Ipv4Any, IpAddress.Ipv4Broadcast, 68, 67, message);
    }

    /// <summary>What a server says to a VM, to all if nothing else is said.</summary>
    internal static byte[] Answer(
        int to,
        DhcpMessageType type,
        IpAddress? address = null,
        uint seconds = 3600,
        IpAddress? destination = null,
        MacAddress? from = null,
        IpAddress? source = null,
        MacAddress? client = null,
        uint transaction = Transaction,
        byte[]? options = null)
    {
        var list = new List<byte> { 53, 1, (byte)type, 54, 4 };
        list.AddRange(Bytes(Server));
        list.AddRange([51, 4, .. Bytes(IpAddress.FromIpv4(seconds))]);
        list.AddRange(options ?? [1, 4, 255, 255, 255, 0, 3, 4, .. Bytes(Server)]);
        byte[] message = Message(2, transaction, client ?? SwitchAddressing.MacOf(to), list);
        Bytes(address ?? Leased).CopyTo(message, 16);
        IpAddress receiver = destination ?? IpAddress.Ipv4Broadcast;
        return Frame(
            from ?? ServerMac,
            destination is null ? MacAddress.Broadcast : SwitchAddressing.MacOf(to),
            source ?? Server,
            receiver,
            67,
            68,
            message);
    }

    /// <summary>A UDP datagram with any addresses.</summary>
    internal static byte[] Frame(
        MacAddress from,
        MacAddress to,
        IpAddress source,
        IpAddress destination,
        ushort sourcePort,
        ushort destinationPort,
        byte[] payload)
    {
        byte[] frame = new byte[PayloadOffset + payload.Length];
        Frames.WriteEthernet(frame, from, to, EtherType.Ipv4);
        new Ipv4Header
        {
            TotalBytes = frame.Length - EthernetHeader.SizeBytes,
            HopLimit = 64,
            Protocol = IpProtocol.Udp,
            Source = source,
            Destination = destination,
        }.Write(frame.AsSpan(EthernetHeader.SizeBytes));
        new UdpHeader
        {
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            LengthBytes = (ushort)(UdpHeader.SizeBytes + payload.Length),
        }.Write(frame.AsSpan(EthernetHeader.SizeBytes + Ipv4Header.SizeBytes));
        payload.CopyTo(frame, PayloadOffset);
        return frame;
    }

    internal static byte[] Bytes(IpAddress address)
    {
        byte[] bytes = new byte[4];
        address.Write(bytes);
        return bytes;
    }

    internal static byte[] MacBytes(MacAddress mac)
    {
        byte[] bytes = new byte[MacAddress.SizeOf];
        mac.Write(bytes);
        return bytes;
    }

    private static byte[] Message(byte operation, uint transaction, MacAddress client, List<byte> options)
    {
        byte[] message = new byte[240 + options.Count + 1];
        message[0] = operation;
        message[1] = 1;
        message[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), transaction);
        client.Write(message.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), 0x6382_5363);
        options.CopyTo(message, 240);
        message[^1] = 255;
        return message;
    }
}
