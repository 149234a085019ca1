// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Segments say together what the large frame said, and each is right by itself.</summary>
public sealed class SoftwareSegmentationTests
{
    private const int TcpBytes = 32;
    private const byte Flags = 0x80 | 0x10 | 0x08 | 0x01;

    [Fact]
    public void Segments_OfAnyFrame_AreRightAndCarryItsPayload() =>
        Gen.Int[1, 64_000].Select(Gen.Int[1, 1448], Gen.Bool, Gen.UInt).Sample(
            (bytes, segmentBytes, isIpv6, sequence) =>
            {
                segmentBytes = Math.Max(segmentBytes, bytes / 200);
                byte[] payload = new byte[bytes];
                new Random(bytes).NextBytes(payload);
                byte[] frame = Make(payload, isIpv6, sequence, out FrameOffload offload);
                offload.SegmentBytes = (ushort)segmentBytes;
                List<byte[]> segments = Cut(frame, offload);
                uint next = sequence;
                foreach ((int index, byte[] segment) in segments.Index())
                {
                    Check(segment, isIpv6, offload, next, index, index == segments.Count - 1);
                    next += (uint)(segment.Length - offload.HeaderBytes);
                }

                byte[] joined = [.. segments.SelectMany(segment => segment[offload.HeaderBytes..])];
                Assert.Equal(payload, joined);
                Assert.Equal((bytes + segmentBytes - 1) / segmentBytes, segments.Count);
            },
            iter: Iterations.Of(500));

    [Fact]
    public void Frame_ThatIsNotToBeCut_GetsItsChecksum()
    {
        byte[] frame = Make(new byte[100], isIpv6: true, 1, out FrameOffload offload);
        offload.SegmentBytes = 0;
        offload.HeaderBytes = 0;

        byte[] whole = Assert.Single(Cut(frame, offload));
        Assert.Equal(InternetChecksum.Good, SumOf(whole, isIpv6: true, offload.ChecksumStart));
        Assert.Equal(frame, Assert.Single(Cut(frame, default)));
    }

    [Fact]
    public void Checksum_OfAPaddedFrame_LeavesThePaddingOut()
    {
        byte[] frame = Make([1, 2, 3], isIpv6: false, 1, out FrameOffload offload);
        byte[] padded = [.. frame, 9, 9, 9];
        SoftwareChecksum.Complete(padded, offload);

        Assert.Equal(InternetChecksum.Good, SumOf(padded[..frame.Length], isIpv6: false, offload.ChecksumStart));
    }

    [Fact]
    public void Checksum_OfUdpThatIsZero_IsWrittenAsOnes()
    {
        byte[] frame = Frames.Ipv4(0, 1, new byte[8]);
        frame[40] = 0xFF;
        frame[41] = 0xFF;
        SoftwareChecksum.Complete(
            frame, new FrameOffload { IsChecksumPartial = true, ChecksumStart = 34, ChecksumOffset = 6 });

        Assert.Equal([0xFF, 0xFF], frame[40..42]);
    }

    [Fact]
    public void Checksum_OutsideOfTheFrame_ChangesNothing() =>
        Gen.UShort.Select(Gen.UShort, Gen.Byte.Array[0, 100]).Sample((start, offset, frame) =>
        {
            byte[] before = [.. frame];
            SoftwareChecksum.Complete(
                frame, new FrameOffload { IsChecksumPartial = true, ChecksumStart = start, ChecksumOffset = offset });
            Assert.True(start + offset + 2 <= frame.Length || before.SequenceEqual(frame));
        });

    private static List<byte[]> Cut(byte[] frame, FrameOffload offload)
    {
        var segments = new List<byte[]>();
        byte[] buffer = new byte[65_536];
        for (int i = 0; i < SoftwareSegmentation.CountOf(frame.Length, offload); i++)
        {
            segments.Add(buffer[..SoftwareSegmentation.Write(frame, offload, i, buffer)]);
        }

        return segments;
    }

    private static void Check(
        byte[] segment, bool isIpv6, in FrameOffload offload, uint sequence, int index, bool isLast)
    {
        ReadOnlySpan<byte> packet = segment.AsSpan(14);
        if (isIpv6)
        {
            Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header header));
            Assert.Equal(packet.Length - 40, header.PayloadBytes);
        }
        else
        {
            Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header header));
            Assert.Equal(packet.Length, header.TotalBytes);
            Assert.Equal(index, header.Identification);
        }

        ReadOnlySpan<byte> tcp = segment.AsSpan(offload.ChecksumStart);
        Assert.Equal(sequence, BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]));
        Assert.Equal(0x10 | (index == 0 ? 0x80 : 0) | (isLast ? 0x09 : 0), tcp[13]);
        Assert.Equal(InternetChecksum.Good, SumOf(segment, isIpv6, offload.ChecksumStart));
    }

    private static ushort SumOf(byte[] frame, bool isIpv6, int transport)
    {
        ReadOnlySpan<byte> packet = frame.AsSpan(14);
        IpAddress source = isIpv6 ? IpAddress.ReadIpv6(packet[8..]) : IpAddress.ReadIpv4(packet[12..]);
        IpAddress destination = isIpv6 ? IpAddress.ReadIpv6(packet[24..]) : IpAddress.ReadIpv4(packet[16..]);
        ReadOnlySpan<byte> tcp = frame.AsSpan(transport);
        uint pseudo = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, (uint)tcp.Length);
        return InternetChecksum.Fold(InternetChecksum.Add(pseudo, tcp));
    }

    private static byte[] Make(byte[] payload, bool isIpv6, uint sequence, out FrameOffload offload)
    {
        byte[] tcp = new byte[TcpBytes];
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), sequence);
        tcp[12] = TcpBytes / 4 << 4;
        tcp[13] = Flags;
        int length = TcpBytes + payload.Length;
        IpAddress source = isIpv6 ? Frames.Addressing.Ipv6Of(0) : Frames.Addressing.Ipv4Of(0);
        IpAddress destination = isIpv6 ? Frames.Addressing.Ipv6Of(1) : Frames.Addressing.Ipv4Of(1);
        uint pseudo = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, (uint)length);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(16), InternetChecksum.Fold(pseudo));
        byte[] segment = [.. tcp, .. payload];
        int transport = isIpv6 ? 54 : 34;
        offload = new FrameOffload
        {
            IsChecksumPartial = true,
            ChecksumStart = (ushort)transport,
            ChecksumOffset = 16,
            SegmentBytes = 1448,
            HeaderBytes = (ushort)(transport + TcpBytes),
        };
        return isIpv6 ? Frames.Ipv6(0, 1, segment, IpProtocol.Tcp) : Frames.Ipv4(0, 1, segment, IpProtocol.Tcp);
    }
}
