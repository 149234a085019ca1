// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Simulation;

/// <summary>What a NIC does with frames that have work left to it: cuts TCP segments, completes checksums.</summary>
internal static class FrameCutter
{
    /// <summary>The frames as they are on a wire.</summary>
    public static IEnumerable<byte[]> Cut(byte[] frame, FrameOffload offload)
    {
        if (!offload.IsChecksumPartial)
        {
            yield return frame;
            yield break;
        }

        int segment = offload.SegmentBytes != 0 ? offload.SegmentBytes : frame.Length;
        int headers = offload.SegmentBytes != 0 ? offload.HeaderBytes : frame.Length;
        int at = headers;
        do
        {
            int count = Math.Min(segment, frame.Length - at);
            byte[] piece = [.. frame[..headers], .. frame[at..(at + count)]];
            bool isLast = at + count == frame.Length;
            if (offload.SegmentBytes != 0)
            {
                AdvanceTcp(piece.AsSpan(offload.ChecksumStart), at - headers, isLast);
            }

            Complete(piece, offload);
            yield return piece;
            at += count;
        }
        while (at < frame.Length);
    }

    private static void AdvanceTcp(Span<byte> tcp, int offset, bool isLast)
    {
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence + (uint)offset);
        if (!isLast)
        {
            tcp[13] &= (byte)~(TcpFlags.Fin | TcpFlags.Psh);
        }
    }

    private static void Complete(byte[] frame, in FrameOffload offload)
    {
        Span<byte> packet = frame.AsSpan(EthernetHeader.SizeBytes);
        Span<byte> transport = frame.AsSpan(offload.ChecksumStart);
        IpAddress source;
        IpAddress destination;
        IpProtocol protocol;
        if (packet[0] >> 4 == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
            packet[10..12].Clear();
            ushort sum = InternetChecksum.Complete(InternetChecksum.Add(0, packet[..Ipv4Header.SizeBytes]));
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], sum);
            source = IpAddress.ReadIpv4(packet[12..]);
            destination = IpAddress.ReadIpv4(packet[16..]);
            protocol = (IpProtocol)packet[9];
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - Ipv6Header.SizeBytes));
            source = IpAddress.ReadIpv6(packet[8..]);
            destination = IpAddress.ReadIpv6(packet[24..]);
            protocol = (IpProtocol)packet[6];
        }

        Span<byte> field = transport[offload.ChecksumOffset..];
        field[..2].Clear();
        uint pseudo = protocol == IpProtocol.Icmp
            ? 0
            : InternetChecksum.PseudoHeader(source, destination, protocol, (uint)transport.Length);
        uint total = InternetChecksum.Add(pseudo, transport);
        BinaryPrimitives.WriteUInt16BigEndian(
            field, protocol == IpProtocol.Udp ? InternetChecksum.CompleteUdp(total) : InternetChecksum.Complete(total));
    }
}
