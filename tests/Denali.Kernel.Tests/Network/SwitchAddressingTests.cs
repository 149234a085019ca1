// SPDX-License-Identifier: MIT
using CsCheck;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Addresses follow from the index, and the index from each address.</summary>
public sealed class SwitchAddressingTests
{
    private static readonly SwitchAddressing s_default = new(new LanOptions());

    [Fact]
    public void Addresses_ByDefault_AreTheDocumentedOnes()
    {
        Assert.Equal(0x0A00_0001u, s_default.Ipv4Gateway.Ipv4Value);
        Assert.Equal(0x0A01_0000u, s_default.Ipv4Of(0).Ipv4Value);
        Assert.Equal(0x0A01_0105u, s_default.Ipv4Of(0x105).Ipv4Value);
        Assert.Equal(new IpAddress(0xFD64_656E_616C_6900, 1), s_default.Ipv6Gateway);
        Assert.Equal(new IpAddress(0xFD64_656E_616C_6900, 0x1_0105), s_default.Ipv6Of(0x105));
        Assert.Equal(0x0264_6E00_0105u, SwitchAddressing.MacOf(0x105).Value);
        Assert.Equal(0x0264_6EFF_FFFEu, SwitchAddressing.GatewayMac.Value);
        Assert.Equal(
            new IpAddress(0xFE80_0000_0000_0000, 0x0064_6EFF_FE00_0105),
            SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(0x105)));
        Assert.Equal(1 << 21, s_default.MachineMax);
    }

    [Fact]
    public void Find_EveryAddressOfAMachine_FindsIt() =>
        Gen.Int[0, s_default.MachineMax - 1].Sample(
            index =>
                s_default.FindMac(SwitchAddressing.MacOf(index)) == index
                && s_default.FindIp(s_default.Ipv4Of(index)) == index
                && s_default.FindIp(s_default.Ipv6Of(index)) == index
                && s_default.FindIp(SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(index))) == index,
            iter: Iterations.Of(10_000));

    [Fact]
    public void Find_AddressOfTheGateway_FindsIt()
    {
        Assert.Equal(SwitchAddressing.Gateway, s_default.FindMac(SwitchAddressing.GatewayMac));
        Assert.Equal(SwitchAddressing.Gateway, s_default.FindIp(s_default.Ipv4Gateway));
        Assert.Equal(SwitchAddressing.Gateway, s_default.FindIp(s_default.Ipv6Gateway));
        Assert.Equal(
            SwitchAddressing.Gateway, s_default.FindIp(SwitchAddressing.LinkLocalOf(SwitchAddressing.GatewayMac)));
    }

    [Fact]
    public void Find_AnyOtherAddress_FindsNobody() =>
        Gen.ULong.Select(Gen.ULong, Gen.UInt).Sample(
            (high, low, ipv4) =>
            {
                int byMac = s_default.FindMac(new MacAddress(high));
                int byIpv6 = s_default.FindIp(new IpAddress(high | 1, low));
                int byIpv4 = s_default.FindIp(IpAddress.FromIpv4(ipv4));
                return (byMac < 0 || SwitchAddressing.MacOf(byMac) == new MacAddress(high))
                    && byIpv6 == SwitchAddressing.None
                    && (byIpv4 < 0 || s_default.Ipv4Of(byIpv4).Ipv4Value == ipv4);
            },
            iter: Iterations.Of(10_000));

    [Theory]
    [InlineData(0x0A00_0000u, 8, 1 << 21)]
    [InlineData(0xAC10_0000u, 12, (1 << 20) - 65_536 - 1)]
    [InlineData(0xC0A8_0000u, 16, 65_536 - 16 - 1)]
    [InlineData(0xC0A8_0700u, 24, 256 - 16 - 1)]
    public void MachineMax_OfAPrefix_LeavesOutBroadcastAndGateway(uint network, int prefix, int expected)
    {
        var addressing = new SwitchAddressing(
            new LanOptions { Ipv4Network = IpAddress.FromIpv4(network), Ipv4PrefixLength = prefix });

        Assert.Equal(expected, addressing.MachineMax);
        Assert.True(addressing.Ipv4Of(expected - 1).IsInPrefix(IpAddress.FromIpv4(network), prefix));
        Assert.Equal(SwitchAddressing.None, addressing.FindIp(IpAddress.FromIpv4(network | (uint.MaxValue >> prefix))));
    }

    [Theory]
    [InlineData(0x0A00_0000u, 7, "/7 is not a prefix for the virtual LAN: choose 8 to 24")]
    [InlineData(0x0A00_0000u, 25, "/25 is not a prefix for the virtual LAN: choose 8 to 24")]
    [InlineData(0x0A01_0000u, 8, "10.1.0.0/8 has bits behind its prefix: write 10.0.0.0/8")]
    [InlineData(0x7F00_0000u, 8, "127.0.0.0 cannot be the network of the virtual LAN: choose a private one")]
    [InlineData(0xE000_0000u, 8, "224.0.0.0 cannot be the network of the virtual LAN: choose a private one")]
    [InlineData(0u, 8, "0.0.0.0 cannot be the network of the virtual LAN: choose a private one")]
    public void Ipv4Network_Impossible_IsRefusedWithTheCure(uint network, int prefix, string message)
    {
        var options = new LanOptions { Ipv4Network = IpAddress.FromIpv4(network), Ipv4PrefixLength = prefix };

        KernelException refusal = Assert.Throws<KernelException>(() => new SwitchAddressing(options));
        Assert.StartsWith(message, refusal.Message);
    }

    [Theory]
    [InlineData(0xFF02_0000_0000_0000u, 0u)]
    [InlineData(0xFE80_0000_0000_0000u, 0u)]
    [InlineData(0u, 0u)]
    [InlineData(0xFD64_656E_616C_6900u, 1u)]
    public void Ipv6Network_Impossible_IsRefused(ulong high, ulong low)
    {
        var options = new LanOptions { Ipv6Network = new IpAddress(high, low) };

        KernelException refusal = Assert.Throws<KernelException>(() => new SwitchAddressing(options));
        Assert.EndsWith("choose a unique local one, such as fd64:656e:616c:6900::/64", refusal.Message);
    }
}
