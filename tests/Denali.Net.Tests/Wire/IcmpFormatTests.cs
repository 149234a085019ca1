// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Denali.Net.Tests.Wire;

/// <summary>ICMP, UDP and neighbour discovery.</summary>
public sealed class IcmpFormatTests
{
    private static readonly IpAddress s_linkLocal = new(0xFE80_0000_0000_0000, 0x0000_00FF_FE00_0001);

    private static readonly MacAddress s_mac = new(0x0200_0000_0001);

    [Fact]
    public void Udp_Bytes_GiveFieldsAndBack()
    {
        byte[] datagram = [0x30, 0x39, 0, 53, 0, 9, 0xAB, 0xCD, 7, 99];
        Assert.True(UdpHeader.TryParse(datagram, out UdpHeader header));
        Assert.Equal(12345, header.SourcePort);
        Assert.Equal(53, header.DestinationPort);
        Assert.Equal(9, header.LengthBytes);
        Assert.Equal(0xABCD, header.Checksum);
        var bytes = new byte[8];
        header.Write(bytes);
        Assert.Equal(datagram[..8], bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(11)]
    public void Udp_LengthThatCannotBe_IsRefused(byte length)
    {
        byte[] datagram = [0x30, 0x39, 0, 53, 0, length, 0, 0, 1, 2];
        Assert.False(UdpHeader.TryParse(datagram, out _));
        Assert.True(UdpHeader.TryParseQuoted(datagram, out UdpHeader header));
        Assert.Equal(53, header.DestinationPort);
        Assert.False(UdpHeader.TryParseQuoted(datagram.AsSpan(0, 7), out _));
    }

    [Fact]
    public void Icmp_Checksum_CoversThePseudoHeaderOfIpv6Only()
    {
        byte[] message = [8, 0, 0, 0, 0x12, 0x34, 0, 1, 0xAA];
        IpAddress ours = IpAddress.FromIpv4(0x0A000001);
        IcmpHeader.WriteChecksum(ours, ours, message);
        Assert.True(IcmpHeader.IsChecksumGood(IpAddress.Ipv4Any, ours, message));
        Assert.False(IcmpHeader.IsChecksumGood(s_linkLocal, s_linkLocal, message));
        Assert.True(IcmpHeader.TryParse(message, out IcmpHeader header));
        Assert.Equal((byte)IcmpType.EchoRequest, header.Type);
        Assert.Equal(0x12340001u, header.Rest);

        message[0] = 128;
        IcmpHeader.WriteChecksum(s_linkLocal, s_linkLocal, message);
        Assert.True(IcmpHeader.IsChecksumGood(s_linkLocal, s_linkLocal, message));
        Assert.False(IcmpHeader.IsChecksumGood(s_linkLocal, default, message));
        message[8] ^= 1;
        Assert.False(IcmpHeader.IsChecksumGood(s_linkLocal, s_linkLocal, message));
        Assert.False(IcmpHeader.TryParse(message.AsSpan(0, 7), out _));
    }

    [Fact]
    public void Icmp_WrittenAndParsed_IsTheSame()
    {
        IcmpHeader header = new() { Type = 3, Code = 4, Checksum = 0x1234, Rest = 1500 };
        var bytes = new byte[8];
        header.Write(bytes);
        Assert.Equal([3, 4, 0x12, 0x34, 0, 0, 5, 0xDC], bytes);
        Assert.True(IcmpHeader.TryParse(bytes, out IcmpHeader parsed));
        Assert.Equal(header, parsed);
    }

    [Fact]
    public void NeighborSolicitation_Bytes_GiveFieldsAndBack()
    {
        byte[] message =
        [
            135, 0, 0, 0, 0, 0, 0, 0,
            0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE, 0, 0, 1,
            1, 1, 2, 0, 0, 0, 0, 1,
        ];
        Assert.True(NeighborSolicitation.TryParse(message, out NeighborSolicitation parsed));
        Assert.Equal(s_linkLocal, parsed.Target);
        Assert.True(parsed.HasSourceLinkAddress);
        Assert.Equal(s_mac, parsed.SourceLinkAddress);
        var bytes = new byte[NeighborSolicitation.LargestBytes];
        Assert.Equal(bytes.Length, parsed.Write(bytes));
        Assert.Equal(message, bytes);

        parsed.HasSourceLinkAddress = false;
        Assert.Equal(24, parsed.Write(bytes));
        Assert.True(NeighborSolicitation.TryParse(bytes.AsSpan(0, 24), out parsed));
        Assert.False(parsed.HasSourceLinkAddress);
    }

    [Fact]
    public void NeighborAdvertisement_Bytes_GiveFieldsAndBack()
    {
        byte[] message =
        [
            136, 0, 0, 0, 0x60, 0, 0, 0,
            0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE, 0, 0, 1,
            2, 1, 2, 0, 0, 0, 0, 1,
        ];
        Assert.True(NeighborAdvertisement.TryParse(message, out NeighborAdvertisement parsed));
        Assert.Equal(s_linkLocal, parsed.Target);
        Assert.False(parsed.IsRouter);
        Assert.True(parsed.IsSolicited);
        Assert.True(parsed.IsOverride);
        Assert.True(parsed.HasTargetLinkAddress);
        Assert.Equal(s_mac, parsed.TargetLinkAddress);
        var bytes = new byte[NeighborAdvertisement.LargestBytes];
        Assert.Equal(bytes.Length, parsed.Write(bytes));
        Assert.Equal(message, bytes);
    }

    [Theory]
    [InlineData(0, 134)] // another message
    [InlineData(1, 1)] // code not zero
    [InlineData(8, 0xFF)] // multicast target
    [InlineData(25, 0)] // option without length
    [InlineData(25, 2)] // option beyond the message
    public void Neighbor_Malformed_IsRefused(int at, byte value)
    {
        var bytes = new byte[32];
        new NeighborSolicitation { Target = s_linkLocal, HasSourceLinkAddress = true }.Write(bytes);
        Assert.True(NeighborSolicitation.TryParse(bytes, out _));
        bytes[at] = value;
        Assert.False(NeighborSolicitation.TryParse(bytes, out _));

        new NeighborAdvertisement { Target = s_linkLocal, HasTargetLinkAddress = true }.Write(bytes);
        Assert.True(NeighborAdvertisement.TryParse(bytes, out _));
        bytes[at] = value;
        Assert.False(NeighborAdvertisement.TryParse(bytes, out _));
    }

    [Fact]
    public void Neighbor_UnknownOption_IsSkipped()
    {
        byte[] message = new byte[48];
        int length = new NeighborSolicitation { Target = s_linkLocal }.Write(message);
        message[length] = 253;
        message[length + 1] = 2;
        message[length + 16] = (byte)NeighborOptionType.SourceLinkAddress;
        message[length + 17] = 1;
        s_mac.Write(message.AsSpan(length + 18));
        Assert.True(NeighborSolicitation.TryParse(message, out NeighborSolicitation parsed));
        Assert.Equal(s_mac, parsed.SourceLinkAddress);
    }

    [Fact]
    public void RouterSolicitation_WrittenAndParsed_IsTheSame()
    {
        RouterSolicitation message = new() { SourceLinkAddress = s_mac, HasSourceLinkAddress = true };
        var bytes = new byte[RouterSolicitation.LargestBytes];
        Assert.Equal(16, message.Write(bytes));
        Assert.Equal([133, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1], bytes);
        Assert.True(RouterSolicitation.TryParse(bytes, out RouterSolicitation parsed));
        Assert.Equal(message, parsed);
        Assert.False(RouterSolicitation.TryParse(bytes.AsSpan(0, 7), out _));
    }

    [Fact]
    public void RouterAdvertisement_WrittenAndParsed_IsTheSame()
    {
        RouterAdvertisement message = new()
        {
            HopLimit = 64,
            IsManaged = true,
            LifetimeSeconds = 1800,
            ReachableMs = 30_000,
            RetransmitMs = 1_000,
            SourceLinkAddress = s_mac,
            HasSourceLinkAddress = true,
            Mtu = 1480,
            PrefixCount = 2,
        };
        message.Prefixes[0] = new PrefixInformation
        {
            Prefix = new IpAddress(0x2001_0DB8_0000_0000, 0),
            PrefixLength = 64,
            IsOnLink = true,
            IsAutonomous = true,
            ValidSeconds = uint.MaxValue,
            PreferredSeconds = 600,
        };
        message.Prefixes[1] = new PrefixInformation { Prefix = new IpAddress(1, 0), PrefixLength = 128 };
        var bytes = new byte[RouterAdvertisement.LargestBytes];
        int length = message.Write(bytes);
        Assert.Equal(16 + 8 + 8 + 32 + 32, length);
        Assert.Equal([134, 0, 0, 0, 64, 0x80, 7, 8, 0, 0, 0x75, 0x30, 0, 0, 3, 0xE8], bytes[..16]);
        Assert.Equal([5, 1, 0, 0, 0, 0, 5, 0xC8], bytes[24..32]);
        Assert.Equal([3, 4, 64, 0xC0, 255, 255, 255, 255, 0, 0, 2, 0x58], bytes[32..44]);
        Assert.True(RouterAdvertisement.TryParse(bytes.AsSpan(0, length), out RouterAdvertisement parsed));
        Assert.Equal(message.Prefixes[0], parsed.Prefixes[0]);
        Assert.Equal(message.Prefixes[1], parsed.Prefixes[1]);
        var again = new byte[RouterAdvertisement.LargestBytes];
        Assert.Equal(length, parsed.Write(again));
        Assert.Equal(bytes, again);
    }

    [Fact]
    public void RouterAdvertisement_MorePrefixesThanAreKept_KeepsTheFirst()
    {
        byte[] message = new byte[16 + (6 * PrefixInformation.SizeBytes)];
        message[0] = (byte)Icmpv6Type.RouterAdvertisement;
        for (int index = 0; index < 6; index++)
        {
            new PrefixInformation { Prefix = new IpAddress((ulong)index + 1, 0), PrefixLength = 64 }
                .Write(message.AsSpan(16 + (index * PrefixInformation.SizeBytes)));
        }

        Assert.True(RouterAdvertisement.TryParse(message, out RouterAdvertisement parsed));
        Assert.Equal(PrefixList.Capacity, parsed.PrefixCount);
        Assert.Equal(4ul, parsed.Prefixes[3].Prefix.High);
        message[16 + 2] = 129;
        Assert.True(RouterAdvertisement.TryParse(message, out parsed));
        Assert.Equal(2ul, parsed.Prefixes[0].Prefix.High);
    }
}
