// SPDX-License-Identifier: MIT
using Xunit;

namespace Denali.Net.Tests.Addresses;

public sealed class IpAddressTests
{
    [Theory]
    [InlineData(0x0A000001, 0x0A0000FF, 24, true)]
    [InlineData(0x0A000001, 0x0A0001FF, 24, false)]
    [InlineData(0x0A000001, 0xC0A80001, 0, true)]
    [InlineData(0x0A000001, 0x0A000002, 32, false)]
    [InlineData(0x0A000001, 0x0A000001, 32, true)]
    public void Ipv4Prefix_ComparesThePrefixOnly(uint left, uint right, int prefix, bool expected) =>
        Assert.Equal(expected, IpAddress.FromIpv4(left).IsInPrefix(IpAddress.FromIpv4(right), prefix));

    [Theory]
    [InlineData(0xFD00UL, 1UL, 0xFD00UL, 2UL, 64, true)]
    [InlineData(0xFD00UL, 1UL, 0xFD01UL, 1UL, 64, false)]
    [InlineData(0xFD00UL, 1UL, 0xFD00UL, 2UL, 127, false)]
    [InlineData(0xFD00UL, 1UL, 0xFD00UL, 1UL, 128, true)]
    [InlineData(0xFD00UL, 1UL, 0UL, 1UL, 0, true)]
    public void Ipv6Prefix_ComparesThePrefixOnly(
        ulong leftHigh, ulong leftLow, ulong rightHigh, ulong rightLow, int prefix, bool expected) =>
        Assert.Equal(expected, new IpAddress(leftHigh, leftLow).IsInPrefix(new IpAddress(rightHigh, rightLow), prefix));

    [Fact]
    public void Families_NeverShareAPrefix() =>
        Assert.False(IpAddress.Ipv4Any.IsInPrefix(default, 0));

    [Fact]
    public void Ipv4Write_RoundTrips()
    {
        byte[] bytes = new byte[4];
        IpAddress.FromIpv4(0x0A010203).Write(bytes);
        Assert.Equal([10, 1, 2, 3], bytes);
        Assert.Equal(IpAddress.FromIpv4(0x0A010203), IpAddress.ReadIpv4(bytes));
    }

    [Fact]
    public void Kinds_AreTold()
    {
        Assert.True(IpAddress.FromIpv4(0xE0000001).IsMulticast);
        Assert.True(new IpAddress(0xFF02_0000_0000_0000, 1).IsMulticast);
        Assert.True(new IpAddress(0xFE80_0000_0000_0000, 1).IsLinkLocal);
        Assert.False(IpAddress.FromIpv4(0x0A000001).IsLinkLocal);
        Assert.True(IpAddress.FromIpv4(0x7F000001).IsLoopback);
        Assert.True(new IpAddress(0, 1).IsLoopback);
        Assert.True(IpAddress.Ipv4Any.IsAny);
        Assert.True(default(IpAddress).IsAny);
        Assert.True(IpAddress.Ipv4Any.IsIpv4);
        Assert.False(default(IpAddress).IsIpv4);
    }
}
