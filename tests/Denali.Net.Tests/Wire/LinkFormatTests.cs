// SPDX-License-Identifier: MIT
using System;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Net.Tests.Wire;

/// <summary>Ethernet and ARP.</summary>
public sealed class LinkFormatTests
{
    private static readonly byte[] s_arp =
    [
        0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x02,
        0x02, 0x00, 0x00, 0x00, 0x00, 0x0A, 10, 0, 0, 1,
        0x02, 0x00, 0x00, 0x00, 0x00, 0x0B, 10, 0, 0, 2,
    ];

    [Fact]
    public void Ethernet_Bytes_GiveFields()
    {
        byte[] frame = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x86, 0xDD, 0xFF];
        Assert.True(EthernetHeader.TryParse(frame, out EthernetHeader header));
        Assert.Equal(new MacAddress(0x010203040506), header.Destination);
        Assert.Equal(new MacAddress(0x0708090A0B0C), header.Source);
        Assert.Equal(EtherType.Ipv6, header.EtherType);
        Assert.False(EthernetHeader.TryParse(frame.AsSpan(0, 13), out _));
    }

    [Fact]
    public void Ethernet_WrittenAndParsed_IsTheSame() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.UShort).Sample(
            (destination, source, type) =>
            {
                EthernetHeader header = new()
                {
                    Destination = new MacAddress(destination),
                    Source = new MacAddress(source),
                    EtherType = (EtherType)type,
                };
                var bytes = new byte[EthernetHeader.SizeBytes];
                header.Write(bytes);
                Assert.True(EthernetHeader.TryParse(bytes, out EthernetHeader parsed));
                Assert.Equal(header, parsed);
            },
            iter: Iterations.Of(500),
            threads: 1);

    [Fact]
    public void Arp_Bytes_GiveFieldsAndBack()
    {
        Assert.True(ArpPacket.TryParse([.. s_arp, 0, 0, 0], out ArpPacket packet));
        Assert.Equal(ArpOperation.Reply, packet.Operation);
        Assert.Equal(new MacAddress(0x02000000000A), packet.SenderMac);
        Assert.Equal(IpAddress.FromIpv4(0x0A000001), packet.SenderAddress);
        Assert.Equal(new MacAddress(0x02000000000B), packet.TargetMac);
        Assert.Equal(IpAddress.FromIpv4(0x0A000002), packet.TargetAddress);
        var bytes = new byte[ArpPacket.SizeBytes];
        packet.Write(bytes);
        Assert.Equal(s_arp, bytes);
    }

    [Theory]
    [InlineData(1, 6)] // hardware IEEE 802
    [InlineData(2, 0x86)] // protocol IPv6
    [InlineData(4, 8)]
    [InlineData(5, 16)]
    [InlineData(7, 0)]
    [InlineData(7, 3)] // reverse ARP
    public void Arp_OtherHardwareProtocolOrOperation_IsRefused(int at, byte value)
    {
        byte[] bytes = [.. s_arp];
        bytes[at] = value;
        Assert.False(ArpPacket.TryParse(bytes, out _));
    }

    [Fact]
    public void Arp_CutAnywhere_IsRefused()
    {
        for (int length = 0; length < ArpPacket.SizeBytes; length++)
        {
            Assert.False(ArpPacket.TryParse(s_arp.AsSpan(0, length), out _));
        }
    }
}
