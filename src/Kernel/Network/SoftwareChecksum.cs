// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>Completes transport checksums that a sender left to the link.</summary>
internal static class SoftwareChecksum
{
    private const int UdpChecksumOffset = 6;

    /// <summary>Completes the checksum of a frame, if there is one to be completed.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="offload">What its sender left; a place outside of the frame changes nothing.</param>
    internal static void Complete(Span<byte> frame, in FrameOffload offload)
    {
        int end = PacketEnd(frame);
        int field = offload.ChecksumStart + offload.ChecksumOffset;
        if (!offload.IsChecksumPartial || offload.ChecksumStart > end || field + sizeof(ushort) > end)
        {
            return;
        }

        // The field holds the sum of the pseudo header, so that it is summed with the rest (RFC 1071 section 2).
        uint sum = InternetChecksum.Add(0, frame[offload.ChecksumStart..end]);
        ushort checksum = offload.ChecksumOffset == UdpChecksumOffset
            ? InternetChecksum.CompleteUdp(sum)
            : InternetChecksum.Complete(sum);
        BinaryPrimitives.WriteUInt16BigEndian(frame[field..], checksum);
    }

    /// <summary>Where the IP packet of a frame ends: what follows is padding.</summary>
    private static int PacketEnd(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader.SizeBytes + Ipv4Header.SizeBytes)
        {
            return frame.Length;
        }

        ReadOnlySpan<byte> packet = frame[EthernetHeader.SizeBytes..];
        int bytes = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            EtherType.Ipv4 => BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            EtherType.Ipv6 => BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) + Ipv6Header.SizeBytes,
            _ => packet.Length,
        };
        return Math.Min(EthernetHeader.SizeBytes + bytes, frame.Length);
    }
}
