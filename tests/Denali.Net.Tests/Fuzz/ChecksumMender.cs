// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tests.Fuzz;

/// <summary>Makes the checksums of a damaged frame good again, so that the damage gets past them.</summary>
internal static class ChecksumMender
{
    /// <summary>Mends what can be found in a frame.</summary>
    public static void Mend(byte[] frame)
    {
        if (frame.Length < EthernetHeader.SizeBytes + Ipv4Header.SizeBytes)
        {
            return;
        }

        Span<byte> packet = frame.AsSpan(EthernetHeader.SizeBytes);
        int version = packet[0] >> 4;
        if (version == 4)
        {
            MendIpv4(packet);
        }
        else if (version == 6 && packet.Length > Ipv6Header.SizeBytes)
        {
            MendTransport(
                packet[Ipv6Header.SizeBytes..],
                (IpProtocol)packet[6],
                IpAddress.ReadIpv6(packet[8..]),
                IpAddress.ReadIpv6(packet[24..]));
        }
    }

    private static void MendIpv4(Span<byte> packet)
    {
        int headerBytes = (packet[0] & 15) * 4;
        if (headerBytes < Ipv4Header.SizeBytes || headerBytes > packet.Length)
        {
            return;
        }

        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (total > packet.Length || total < headerBytes)
        {
            total = packet.Length;
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)total);
        }

        packet[10..12].Clear();
        ushort sum = InternetChecksum.Complete(InternetChecksum.Add(0, packet[..headerBytes]));
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], sum);
        MendTransport(
            packet[headerBytes..total],
            (IpProtocol)packet[9],
            IpAddress.ReadIpv4(packet[12..]),
            IpAddress.ReadIpv4(packet[16..]));
    }

    private static void MendTransport(Span<byte> bytes, IpProtocol protocol, IpAddress from, IpAddress to)
    {
        int at = protocol switch
        {
            IpProtocol.Tcp => 16,
            IpProtocol.Udp => 6,
            IpProtocol.Icmp or IpProtocol.Icmpv6 => 2,
            _ => -1,
        };
        if (at < 0 || bytes.Length < at + 2)
        {
            return;
        }

        bytes.Slice(at, 2).Clear();
        uint pseudo = protocol == IpProtocol.Icmp
            ? 0
            : InternetChecksum.PseudoHeader(from, to, protocol, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(
            bytes[at..], InternetChecksum.Complete(InternetChecksum.Add(pseudo, bytes)));
    }
}
