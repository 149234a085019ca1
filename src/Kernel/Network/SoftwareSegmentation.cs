// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>Cuts large frames of TCP into segments, for links that cannot take them.</summary>
internal static class SoftwareSegmentation
{
    private const int SequenceOffset = 4;
    private const int FlagsOffset = 13;
    private const int ChecksumOffset = 16;
    private const byte Fin = 0x01;
    private const byte Push = 0x08;
    private const byte CongestionWindowReduced = 0x80;

    /// <summary>Frames that a frame becomes.</summary>
    /// <param name="frameBytes">Its length.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <returns>At least 1.</returns>
    internal static int CountOf(int frameBytes, in FrameOffload offload)
    {
        int payload = frameBytes - offload.HeaderBytes;
        return offload.SegmentBytes == 0 || payload <= 0
            ? 1
            : (payload + offload.SegmentBytes - 1) / offload.SegmentBytes;
    }

    /// <summary>Writes one of the frames, with all lengths, numbers and checksums.</summary>
    /// <param name="frame">The large frame. Its offload was checked by the filter.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="index">Which, below <see cref="CountOf"/>.</param>
    /// <param name="segment">Room for it.</param>
    /// <returns>Bytes of the frame.</returns>
    internal static int Write(ReadOnlySpan<byte> frame, in FrameOffload offload, int index, Span<byte> segment)
    {
        if (offload.SegmentBytes == 0)
        {
            frame.CopyTo(segment);
            SoftwareChecksum.Complete(segment[..frame.Length], offload);
            return frame.Length;
        }

        int headers = offload.HeaderBytes;
        int start = index * offload.SegmentBytes;
        int payload = Math.Min(offload.SegmentBytes, frame.Length - headers - start);
        int bytes = headers + payload;
        frame[..headers].CopyTo(segment);
        frame.Slice(headers + start, payload).CopyTo(segment[headers..]);
        bool isLast = index == CountOf(frame.Length, offload) - 1;
        WriteTcp(segment[offload.ChecksumStart..bytes], (uint)start, isFirst: index == 0, isLast);
        WriteNetwork(segment[..bytes], offload.ChecksumStart, index);
        return bytes;
    }

    /// <summary>Only the last segment ends the stream or pushes, only the first tells of congestion.</summary>
    private static void WriteTcp(Span<byte> tcp, uint start, bool isFirst, bool isLast)
    {
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[SequenceOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[SequenceOffset..], unchecked(sequence + start));
        int cleared = (isLast ? 0 : Fin | Push) | (isFirst ? 0 : CongestionWindowReduced);
        tcp[FlagsOffset] &= (byte)~cleared;
    }

    private static void WriteNetwork(Span<byte> frame, int transport, int index)
    {
        Span<byte> packet = frame[EthernetHeader.SizeBytes..];
        IpAddress source;
        IpAddress destination;
        if (packet[0] >> 4 == 4)
        {
            int headerBytes = transport - EthernetHeader.SizeBytes;
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
            ushort identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], unchecked((ushort)(identification + index)));
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
            uint headerSum = InternetChecksum.Add(0, packet[..headerBytes]);
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Complete(headerSum));
            source = IpAddress.ReadIpv4(packet[12..]);
            destination = IpAddress.ReadIpv4(packet[16..]);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - Ipv6Header.SizeBytes));
            source = IpAddress.ReadIpv6(packet[8..]);
            destination = IpAddress.ReadIpv6(packet[24..]);
        }

        Span<byte> tcp = frame[transport..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp[ChecksumOffset..], 0);
        uint sum = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, (uint)tcp.Length);
        ushort checksum = InternetChecksum.Complete(InternetChecksum.Add(sum, tcp));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[ChecksumOffset..], checksum);
    }
}
