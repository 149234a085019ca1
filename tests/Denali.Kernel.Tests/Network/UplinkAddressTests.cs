// SPDX-License-Identifier: MIT
using System.Net;
using System.Text;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>What a VM may reach through the host's sockets, and who resolves its names.</summary>
public sealed class UplinkAddressTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("192.168.1.1", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.9.10", false)]
    [InlineData("::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("::", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("255.255.255.255", false)]
    public void Address_IsOutside_UnlessItIsTheHostsOwnOrTheLinks(string text, bool expected)
    {
        Assert.True(IpText.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address));
        Assert.Equal(expected, UplinkAddress.IsOutside(address));
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("fd00::7")]
    public void ToHost_KeepsAddressAndPort(string text)
    {
        Assert.True(IpText.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(text), 99), UplinkAddress.ToHost(new IpEndpoint(address, 99)));
    }

    [Theory]
    [InlineData("# nothing\nnameserver\t10.0.0.53 \nnameserver 10.0.0.54\n", "10.0.0.53")]
    [InlineData("search x\noptions y\nnameserver nonsense\nnameserver fd00::53", "fd00::53")]
    public void Resolver_FindsTheFirstUsableNameServer(string text, string expected) =>
        Assert.Equal(new IPEndPoint(IPAddress.Parse(expected), 53), HostResolver.Find(text));

    [Theory]
    [InlineData("")]
    [InlineData("nameserver")]
    [InlineData("# nameserver 10.0.0.53")]
    public void Resolver_WithoutNameServer_FindsNone(string text) => Assert.Null(HostResolver.Find(text));
}
