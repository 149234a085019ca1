// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Net.Tests.Wire;

public sealed class Ipv4HeaderTests
{
    /// <summary>A header whose checksum was computed by hand, followed by four bytes of payload.</summary>
    private static readonly byte[] s_packet =
    [
        0x45, 0x03, 0x00, 0x18, 0x12, 0x34, 0x20, 0x02, 0x40, 0x11, 0x7A, 0x97,
        0x0A, 0x01, 0x02, 0x03, 0xC0, 0x00, 0x02, 0x01,
        1, 2, 3, 4,
    ];

    [Fact]
    public void TryParse_Bytes_GiveFields()
    {
        Assert.True(Ipv4Header.TryParse(s_packet, out Ipv4Header header));
        Assert.Equal(20, header.HeaderBytes);
        Assert.Equal(24, header.TotalBytes);
        Assert.Equal(4, header.PayloadBytes);
        Assert.Equal(3, header.TrafficClass);
        Assert.Equal(0x1234, header.Identification);
        Assert.True(header.MoreFragments);
        Assert.False(header.DontFragment);
        Assert.Equal(16, header.FragmentOffsetBytes);
        Assert.True(header.IsFragment);
        Assert.Equal(64, header.HopLimit);
        Assert.Equal(IpProtocol.Udp, header.Protocol);
        Assert.Equal(IpAddress.FromIpv4(0x0A010203), header.Source);
        Assert.Equal(IpAddress.FromIpv4(0xC0000201), header.Destination);
    }

    [Fact]
    public void TryParse_PaddingOfTheLink_IsNotPayload()
    {
        Assert.True(Ipv4Header.TryParse([.. WithChecksum(s_packet), .. new byte[26]], out Ipv4Header header));
        Assert.Equal(4, header.PayloadBytes);
    }

    [Theory]
    [InlineData(0, 0x55)] // version 5
    [InlineData(0, 0x44)] // header of 16 bytes
    [InlineData(0, 0x4F)] // header of 60 bytes in a packet of 24
    [InlineData(3, 19)] // total shorter than the header
    [InlineData(3, 25)] // total longer than the packet
    public void TryParse_LengthOrVersionThatCannotBe_IsRefused(int at, byte value)
    {
        byte[] packet = [.. s_packet];
        packet[at] = value;
        Assert.False(Ipv4Header.TryParse(WithChecksum(packet), out _));
    }

    [Fact]
    public void TryParse_AnyBitOfTheHeaderFlipped_IsRefused()
    {
        byte[] good = WithChecksum(s_packet);
        for (int bit = 0; bit < Ipv4Header.SizeBytes * 8; bit++)
        {
            byte[] packet = [.. good];
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ipv4Header.TryParse(packet, out _), $"bit {bit}");
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 1, 1, 0 }, true)] // no-operations, end
    [InlineData(new byte[] { 0, 9, 9, 9 }, true)] // nothing counts after the end
    [InlineData(new byte[] { 7, 4, 4, 0 }, true)] // record route
    [InlineData(new byte[] { 0x94, 4, 0, 0, 0x83, 3, 4, 1 }, true)] // router alert, loose source route
    [InlineData(new byte[] { 7, 1, 0, 0 }, false)] // shorter than itself
    [InlineData(new byte[] { 7, 0, 0, 0 }, false)]
    [InlineData(new byte[] { 7, 5, 0, 0 }, false)] // beyond the header
    [InlineData(new byte[] { 1, 1, 1, 7 }, false)] // no length
    public void TryParse_Options_AreIgnoredIfWellFormed(byte[] options, bool expected)
    {
        byte[] packet = [.. s_packet[..20], .. options, 1, 2, 3, 4];
        packet[0] = (byte)(0x45 + (options.Length / 4));
        packet[3] = (byte)packet.Length;
        Assert.Equal(expected, Ipv4Header.TryParse(WithChecksum(packet), out Ipv4Header header));
        Assert.Equal(4, header.PayloadBytes);
    }

    [Fact]
    public void TryParseQuoted_CutAndWithoutChecksum_GivesFields()
    {
        byte[] quote = [.. s_packet[..20], 0, 53, 0x30, 0x39, 0, 0, 0, 0];
        quote[2] = 5; // a total length of 1,304
        quote[10] = 0;
        Assert.False(Ipv4Header.TryParse(quote, out _));
        Assert.True(Ipv4Header.TryParseQuoted(quote, out Ipv4Header header));
        Assert.Equal(1304, header.TotalBytes);
        Assert.Equal(IpAddress.FromIpv4(0xC0000201), header.Destination);
        Assert.False(Ipv4Header.TryParseQuoted(quote.AsSpan(0, 27), out _));
    }

    [Fact]
    public void Write_AnyFields_ParseToTheSame() =>
        Gen.Select(
            Gen.Int[20, 1500],
            Gen.Byte,
            Gen.UShort,
            Gen.Int[0, 0x1FFF],
            Gen.Int[0, 3],
            Gen.UInt,
            Gen.UInt,
            Gen.Byte)
            .Sample(
                (total, trafficClass, identification, offset, flags, source, destination, protocol) =>
                {
                    Ipv4Header header = new()
                    {
                        HeaderBytes = 20,
                        TotalBytes = total,
                        TrafficClass = trafficClass,
                        Identification = identification,
                        FragmentOffsetBytes = offset * 8,
                        DontFragment = (flags & 1) != 0,
                        MoreFragments = (flags & 2) != 0,
                        HopLimit = (byte)(source >> 3),
                        Protocol = (IpProtocol)protocol,
                        Source = IpAddress.FromIpv4(source),
                        Destination = IpAddress.FromIpv4(destination),
                    };
                    var packet = new byte[total];
                    header.Write(packet);
                    Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header parsed));
                    Assert.Equal(header, parsed);
                },
                iter: Iterations.Of(1_000),
                threads: 1);

    private static byte[] WithChecksum(byte[] packet)
    {
        byte[] copy = [.. packet];
        int length = Math.Min((copy[0] & 0xF) * 4, copy.Length);
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(10), 0);
        ushort checksum = InternetChecksum.Complete(InternetChecksum.Add(0, copy.AsSpan(0, length)));
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(10), checksum);
        return copy;
    }
}
