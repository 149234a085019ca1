// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>Finds DHCP in Ethernet frames.</summary>
internal static class DhcpFrame
{
    private const int FragmentOffset = 6;
    private const int FragmentOffsetMask = 0x1FFF;

    /// <summary>The UDP port that an IPv4 packet is for.</summary>
    /// <param name="packet">The packet; its header is known to lie in it.</param>
    /// <param name="headerBytes">Bytes of its header.</param>
    /// <returns>
    /// The port; 0 if it is no UDP, if the port is in an earlier fragment, or if there is too little of it.
    /// </returns>
    internal static ushort DestinationPortOf(ReadOnlySpan<byte> packet, int headerBytes)
    {
        bool isPort = packet[9] == (byte)IpProtocol.Udp
            && (BinaryPrimitives.ReadUInt16BigEndian(packet[FragmentOffset..]) & FragmentOffsetMask) == 0
            && packet.Length >= headerBytes + 4;
        return isPort ? BinaryPrimitives.ReadUInt16BigEndian(packet[(headerBytes + 2)..]) : (ushort)0;
    }

    /// <summary>Whether a frame is for DHCP clients, whatever else is in it.</summary>
    /// <param name="frame">The whole frame.</param>
    internal static bool IsForClient(ReadOnlySpan<byte> frame)
    {
        if (!EthernetHeader.TryParse(frame, out EthernetHeader ethernet) || ethernet.EtherType != EtherType.Ipv4)
        {
            return false;
        }

        ReadOnlySpan<byte> packet = frame[EthernetHeader.SizeBytes..];
        int headerBytes = packet.IsEmpty ? 0 : (packet[0] & 0xF) * 4;
        return headerBytes >= Ipv4Header.SizeBytes
            && packet.Length >= headerBytes
            && DestinationPortOf(packet, headerBytes) == DhcpClient.ClientPort;
    }

    /// <summary>Reads what a VM sends to servers.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="message">The message in it.</param>
    /// <returns>False if it is nothing that a client sends.</returns>
    internal static bool TryReadQuestion(ReadOnlySpan<byte> frame, out DhcpClientMessage message)
    {
        message = default;
        if (!TryReadDatagram(
            frame, DhcpClient.ClientPort, DhcpClient.ServerPort, out Ipv4Header header, out ReadOnlySpan<byte> payload)
            || !DhcpClientMessage.TryParse(payload, out message))
        {
            return false;
        }

        message.Source = header.Source;
        return true;
    }

    /// <summary>Reads what a server sends.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="message">The message in it.</param>
    /// <param name="source">Address of the server.</param>
    /// <param name="destination">Address that it is sent to.</param>
    /// <returns>False if no server sends it.</returns>
    internal static bool TryReadAnswer(
        ReadOnlySpan<byte> frame, out DhcpMessage message, out IpAddress source, out IpAddress destination)
    {
        message = default;
        bool isDatagram = TryReadDatagram(
            frame, DhcpClient.ServerPort, DhcpClient.ClientPort, out Ipv4Header header, out ReadOnlySpan<byte> payload);
        source = header.Source;
        destination = header.Destination;
        return isDatagram && DhcpMessage.TryParse(payload, out message);
    }

    private static bool TryReadDatagram(
        ReadOnlySpan<byte> frame, ushort from, ushort to, out Ipv4Header header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (frame.Length < EthernetHeader.SizeBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> packet = frame[EthernetHeader.SizeBytes..];
        if (!Ipv4Header.TryParse(packet, out header) || header.IsFragment || header.Protocol != IpProtocol.Udp)
        {
            return false;
        }

        ReadOnlySpan<byte> datagram = packet[header.HeaderBytes..header.TotalBytes];
        if (!UdpHeader.TryParse(datagram, out UdpHeader udp) || udp.SourcePort != from || udp.DestinationPort != to)
        {
            return false;
        }

        payload = datagram[UdpHeader.SizeBytes..udp.LengthBytes];
        return true;
    }
}
