// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using Xunit;

namespace Denali.Net.Tests.Dns;

public sealed class DnsNameTests
{
    [Theory]
    [InlineData("www.Example.COM", "\u0003www\u0007example\u0003com\0")]
    [InlineData("www.example.com.", "\u0003www\u0007example\u0003com\0")]
    [InlineData("a", "\u0001" + "a\0")]
    [InlineData("_x-1.a", "\u0004_x-1\u0001" + "a\0")]
    public void TryEncode_Name_IsItsLabelsInLowerCase(string text, string expected)
    {
        var name = new byte[DnsName.LongestBytes];
        Assert.True(DnsName.TryEncode(Encoding.ASCII.GetBytes(text), name, out int length));
        Assert.Equal(expected, Encoding.ASCII.GetString(name, 0, length));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a..")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\u007Fb")]
    public void TryEncode_NoName_IsRefused(string text) =>
        Assert.False(DnsName.TryEncode(Encoding.ASCII.GetBytes(text), new byte[DnsName.LongestBytes], out _));

    [Fact]
    public void TryEncode_LengthsOfRfc1035_AreTheLimit()
    {
        var name = new byte[DnsName.LongestBytes];
        Assert.True(DnsName.TryEncode(Encoding.ASCII.GetBytes(new string('a', 63)), name, out _));
        Assert.False(DnsName.TryEncode(Encoding.ASCII.GetBytes(new string('a', 64)), name, out _));

        // 127 labels of one byte: 127 * 2 + 1 = 255.
        string longest = string.Join('.', Enumerable.Repeat("a", 127));
        Assert.True(DnsName.TryEncode(Encoding.ASCII.GetBytes(longest), name, out int length));
        Assert.Equal(255, length);
        Assert.Equal(127, DnsName.CountLabels(name));
        Assert.False(DnsName.TryEncode(Encoding.ASCII.GetBytes(longest + ".a"), name, out _));
    }

    [Fact]
    public void TryRead_ExampleOfRfc1035_FollowsPointers()
    {
        // RFC 1035 section 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
        byte[] message = new byte[93];
        "\u0001"u8.CopyTo(message.AsSpan(20));
        "F\u0003ISI\u0004ARPA\0"u8.CopyTo(message.AsSpan(21));
        "\u0003"u8.CopyTo(message.AsSpan(40));
        "FOO"u8.CopyTo(message.AsSpan(41));
        message[44] = 0xC0;
        message[45] = 20;
        message[64] = 0xC0;
        message[65] = 26;
        Assert.Equal(("\u0001" + "f\u0003isi\u0004arpa\0", 32), Read(message, 20));
        Assert.Equal(("\u0003" + "foo\u0001" + "f\u0003isi\u0004arpa\0", 46), Read(message, 40));
        Assert.Equal(("\u0004" + "arpa\0", 66), Read(message, 64));
        Assert.Equal(("\0", 93), Read(message, 92));
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0 }, 0)] // points to itself
    [InlineData(new byte[] { 0xC0, 2, 0xC0, 0 }, 0)] // forwards and back
    [InlineData(new byte[] { 0xC0, 2, 0 }, 0)] // forwards to a name
    [InlineData(new byte[] { 1, 97, 0xC0, 0 }, 2)] // to what leads back to it
    [InlineData(new byte[] { 0xC0 }, 0)] // cut off
    [InlineData(new byte[] { 3, 97, 97 }, 0)]
    [InlineData(new byte[] { 1, 97 }, 0)] // without an end
    [InlineData(new byte[] { 0x41, 0 }, 0)] // reserved labels
    [InlineData(new byte[] { 0x80, 0 }, 0)]
    [InlineData(new byte[] { 0 }, 1)] // begins behind the end
    public void TryRead_Malformed_IsRefused(byte[] message, int offset) =>
        Assert.False(DnsName.TryRead(message, offset, new byte[DnsName.LongestBytes], out _, out _));

    [Fact]
    public void TryRead_LongerThanAName_IsRefused()
    {
        byte[] message = [.. Enumerable.Repeat(new byte[] { 1, 97 }, 127).SelectMany(label => label), 0];
        Assert.True(DnsName.TryRead(message, 0, new byte[DnsName.LongestBytes], out int length, out _));
        Assert.Equal(255, length);
        message = [1, 97, .. message];
        Assert.False(DnsName.TryRead(message, 0, new byte[DnsName.LongestBytes], out _, out _));
    }

    private static (string Name, int Next) Read(byte[] message, int offset)
    {
        var name = new byte[DnsName.LongestBytes];
        Assert.True(DnsName.TryRead(message, offset, name, out int length, out int next));
        return (Encoding.ASCII.GetString(name, 0, length), next);
    }
}
