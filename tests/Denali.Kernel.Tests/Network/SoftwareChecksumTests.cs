// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Linq;
using CsCheck;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Checksums that a sender left to the link are completed in place, and nothing else is changed.</summary>
public sealed class SoftwareChecksumTests
{
    private const int TcpBytes = 32;
    private const byte Flags = 0x80 | 0x10 | 0x08 | 0x01;

    [Fact]
    public void Checksum_OfAnyFrame_IsRight() =>
        Gen.Int[1, 1448].Select(Gen.Bool, Gen.UInt).Sample((bytes, isIpv6, sequence) =>
        {
            byte[] payload = new byte[bytes];
            new Random(bytes).NextBytes(payload);
            byte[] frame = Make(payload, isIpv6, sequence, out FrameOffload offload);
            SoftwareChecksum.Complete(frame, offload);

            Assert.Equal(InternetChecksum.Good, SumOf(frame, isIpv6, offload.ChecksumStart));
            Assert.Equal(payload, frame[^bytes..]);
        });

    [Fact]
    public void Frame_WithoutAPartialChecksum_StaysAsItIs()
    {
        byte[] frame = Make(new byte[100], isIpv6: true, 1, out _);
        byte[] before = [.. frame];
        SoftwareChecksum.Complete(frame, default);

        Assert.Equal(before, frame);
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
        };
        return isIpv6 ? Frames.Ipv6(0, 1, segment, IpProtocol.Tcp) : Frames.Ipv4(0, 1, segment, IpProtocol.Tcp);
    }
}
