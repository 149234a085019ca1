// SPDX-License-Identifier: MIT
using System;
using System.Net;
using System.Text;
using CsCheck;
using Xunit;

namespace Denali.Net.Tests.Addresses;

/// <summary>Addresses as text; .NET's own type says what is right.</summary>
public sealed class IpTextTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("10.1.0.99")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("fd00::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("fe80::ff:fe00:1")]
    public void Canonical_RoundTrips(string text)
    {
        Assert.True(IpText.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address));
        Assert.Equal(text, Format(address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.04")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1..3.4")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("1:")]
    [InlineData(":1:2:3:4:5:6:7")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("::1.2.3")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("fe80::1%eth0")]
    public void Malformed_IsRefused(string text) =>
        Assert.False(IpText.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Ipv6_AgreesWithTheSystem() => Gen.UShort.Array[8].Sample(
        groups =>
        {
            byte[] bytes = new byte[16];
            for (int i = 0; i < 8; i++)
            {
                // Zero groups often, for the double colon.
                ushort value = (groups[i] & 3) == 0 ? (ushort)0 : groups[i];
                bytes[2 * i] = (byte)(value >> 8);
                bytes[(2 * i) + 1] = (byte)value;
            }

            IpAddress address = IpAddress.ReadIpv6(bytes);
            if (!address.IsIpv4 && address.High != 0)
            {
                // .NET writes what looks like an ISATAP address (RFC 5214) with a dotted end; RFC 5952 need not.
                string expected = new IPAddress(bytes).ToString();
                if (!expected.Contains('.', StringComparison.Ordinal))
                {
                    Assert.Equal(expected, Format(address));
                }

                Assert.True(IpText.TryParse(Encoding.ASCII.GetBytes(expected), out IpAddress parsed));
                Assert.Equal(address, parsed);
            }
        },
        iter: 20_000);

    [Fact]
    public void Anything_NeverThrowsAndParsesAsTheSystemDoes() => Gen.String["0123456789abcf:."].Sample(
        text =>
        {
            bool isGood = IpText.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address);
            if (isGood)
            {
                byte[] bytes = new byte[address.SizeBytes];
                address.Write(bytes);
                IPAddress expected = IPAddress.Parse(text);
                Assert.Equal(expected.IsIPv4MappedToIPv6 ? expected.MapToIPv4() : expected, new IPAddress(bytes));
            }
        },
        iter: 100_000);

    private static string Format(IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpText.LongestBytes];
        return Encoding.ASCII.GetString(text[..IpText.Format(address, text)]);
    }
}
