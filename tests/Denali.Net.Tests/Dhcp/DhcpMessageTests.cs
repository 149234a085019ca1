// SPDX-License-Identifier: MIT
using System;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Dhcp;

public sealed class DhcpMessageTests
{
    private static readonly MacAddress s_mac = new(0x0200_0000_0001);

    [Fact]
    public void Write_Request_HasTheFormOfRfc2131()
    {
        byte[] bytes = Request(DhcpMessageType.Request);
        Assert.Equal([1, 1, 6, 0, 0x12, 0x34, 0x56, 0x78, 0, 7, 0x80, 0], bytes[..12]);
        Assert.Equal([2, 0, 0, 0, 0, 1, 0, 0], bytes[28..36]);
        byte[] expected =
        [
            0x63, 0x82, 0x53, 0x63,
            53, 1, 3,
            61, 7, 1, 2, 0, 0, 0, 0, 1,
            50, 4, 10, 0, 0, 50,
            54, 4, 10, 0, 0, 1,
            57, 2, 5, 0xDC,
            55, 5, 1, 3, 6, 15, 26,
            12, 2, (byte)'v', (byte)'m',
            255,
        ];
        Assert.Equal(expected, bytes[236..(236 + expected.Length)]);
        Assert.Equal(-1, bytes.AsSpan(236 + expected.Length).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Write_LongestHostName_Fits()
    {
        var bytes = new byte[DhcpRequest.SizeBytes];
        new DhcpRequest
        {
            Type = DhcpMessageType.Request,
            RequestedAddress = IpAddress.FromIpv4(1),
            Server = IpAddress.FromIpv4(1),
            HostName = new byte[DhcpRequest.LongestHostNameBytes],
        }.Write(bytes);
        Assert.Contains((byte)255, bytes[240..]);
    }

    [Fact]
    public void TryParse_Reply_GivesTheLease()
    {
        byte[] bytes = DhcpReply.Usual(DhcpMessageType.Acknowledge, Request(DhcpMessageType.Request))
            .Number(58, 100).Number(59, 200).Option(224, 1, 2, 3).Build();
        Assert.True(DhcpMessage.TryParse(bytes, out DhcpMessage message));
        Assert.Equal(DhcpMessageType.Acknowledge, message.Type);
        Assert.Equal(0x12345678u, message.TransactionId);
        Assert.Equal(s_mac, message.Client);
        Assert.Equal(IpAddress.FromIpv4(0x0A000032), message.Lease.Address);
        Assert.Equal(24, message.Lease.PrefixLength);
        Assert.Equal(IpAddress.FromIpv4(0x0A000001), message.Lease.Router);
        Assert.Equal(2, message.Lease.DnsServerCount);
        Assert.Equal(IpAddress.FromIpv4(0x0A000004), message.Lease.DnsServers[1]);
        Assert.Equal(1440, message.Lease.Mtu);
        Assert.Equal(IpAddress.FromIpv4(0x0A000001), message.Lease.Server);
        Assert.Equal(3600u, message.Lease.LeaseSeconds);
        Assert.Equal(100u, message.Lease.RenewalSeconds);
        Assert.Equal(200u, message.Lease.RebindingSeconds);
        Assert.Equal("example.org\0"u8, bytes.AsSpan(message.DomainOffset, message.DomainBytes));
    }

    [Fact]
    public void TryParse_Overload_ReadsBootFileAndServerName()
    {
        byte[] bytes = new DhcpReply(DhcpMessageType.Offer, Request(DhcpMessageType.Discover), [10, 0, 0, 50])
            .Option(52, 3)
            .Raw(108, 54, 4, 10, 0, 0, 9, 255)
            .Raw(44, 0, 0, 51, 4, 0, 0, 1, 0, 255)
            .Build();
        Assert.True(DhcpMessage.TryParse(bytes, out DhcpMessage message));
        Assert.Equal(IpAddress.FromIpv4(0x0A000009), message.Lease.Server);
        Assert.Equal(256u, message.Lease.LeaseSeconds);
    }

    [Theory]
    [InlineData(0, 1)] // of a client
    [InlineData(1, 6)] // hardware
    [InlineData(2, 8)]
    [InlineData(236, 0)] // no DHCP
    [InlineData(240, 54)] // without a type
    [InlineData(241, 200)] // option beyond the end
    public void TryParse_Malformed_IsRefused(int at, byte value)
    {
        byte[] bytes = DhcpReply.Usual(DhcpMessageType.Offer, Request(DhcpMessageType.Discover)).Build();
        bytes[at] = value;
        Assert.False(DhcpMessage.TryParse(bytes, out _));
    }

    [Theory]
    [InlineData(1, new byte[] { 255, 0, 255, 0 })]
    [InlineData(1, new byte[] { 0, 0, 0, 0 })]
    [InlineData(1, new byte[] { 255, 255, 255 })]
    [InlineData(3, new byte[] { })]
    [InlineData(6, new byte[] { 1, 2, 3, 4, 5 })]
    [InlineData(26, new byte[] { 1 })]
    [InlineData(51, new byte[] { 0, 0, 1 })]
    [InlineData(53, new byte[] { 2, 2 })]
    [InlineData(54, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(52, new byte[] { 1, 2 })]
    public void TryParse_OptionOfWrongForm_IsRefused(byte type, byte[] data)
    {
        byte[] request = Request(DhcpMessageType.Discover);
        Assert.False(DhcpMessage.TryParse(
            new DhcpReply(DhcpMessageType.Offer, request, [10, 0, 0, 50]).Option(type, data).Build(), out _));
    }

    [Theory]
    [InlineData(new byte[] { 0, 68 }, 0)]
    [InlineData(new byte[] { 2, 0x40 }, 576)]
    public void TryParse_Mtu_IsNotBelowWhatEveryHostTakes(byte[] data, int expected)
    {
        byte[] request = Request(DhcpMessageType.Discover);
        Assert.True(DhcpMessage.TryParse(
            new DhcpReply(DhcpMessageType.Offer, request, [10, 0, 0, 50]).Option(26, data).Build(),
            out DhcpMessage message));
        Assert.Equal(expected, message.Lease.Mtu);
    }

    [Fact]
    public void TryParse_RandomMutations_NeverThrowsAndStaysInside()
    {
        byte[] seed = DhcpReply.Usual(DhcpMessageType.Offer, Request(DhcpMessageType.Discover))
            .Option(52, 3).Raw(108, 12, 1, 65, 255).Build();
        int accepted = 0;
        TestSeed.ForEach(100_000, 5_000_000, random =>
        {
            byte[] bytes = ByteMutator.Mutate(seed, random);
            if (bytes.Length > 240 && random.Next(2) == 0)
            {
                bytes[random.Next(240, bytes.Length)] = (byte)random.Next(256);
            }

            if (DhcpMessage.TryParse(bytes, out DhcpMessage message))
            {
                accepted++;
                Assert.InRange(message.DomainOffset + message.DomainBytes, 0, bytes.Length);
                Assert.InRange(message.Lease.PrefixLength, 0, 32);
                Assert.InRange(message.Lease.DnsServerCount, 0, DhcpServerList.Capacity);
            }
        });
        Assert.True(accepted > 10_000, $"only {accepted} mutations were accepted");
    }

    private static byte[] Request(DhcpMessageType type)
    {
        var bytes = new byte[DhcpRequest.SizeBytes];
        new DhcpRequest
        {
            Type = type,
            TransactionId = 0x12345678,
            Seconds = 7,
            IsBroadcast = true,
            Client = s_mac,
            RequestedAddress = IpAddress.FromIpv4(0x0A000032),
            Server = IpAddress.FromIpv4(0x0A000001),
            HostName = "vm"u8,
        }.Write(bytes);
        return bytes;
    }
}
