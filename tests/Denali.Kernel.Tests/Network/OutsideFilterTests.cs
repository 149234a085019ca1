// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using CsCheck;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>From outside nobody passes for a VM, and nobody tells a VM who has an address.</summary>
public sealed class OutsideFilterTests
{
    private const int Machine = 3;
    private const int Other = 4;
    private const int Linux = SwitchAddressing.Gateway;

    private static readonly IpAddress s_world4 = IpAddress.FromIpv4(0x0808_0808);
    private static readonly IpAddress s_world6 = new(0x2001_0DB8_0000_0000, 7);
    private static readonly OutsideFilter s_filter = new(Frames.Addressing, Frames.NoDhcp);

    [Fact]
    public void Frames_OfLinuxAndTheWorld_Pass()
    {
        byte[] world4 = Frames.Ipv4(Linux, Machine, 50);
        s_world4.Write(world4.AsSpan(26));
        byte[] stranger = Frames.Ipv4(Linux, Machine, 50);
        new MacAddress(0x0200_0000_0001).Write(stranger.AsSpan(6));

        Assert.Null(Check(Frames.Ipv4(Linux, Machine, 50)));
        Assert.Null(Check(Frames.Ipv6(Linux, Machine, new byte[50])));
        Assert.Null(Check(world4));
        Assert.Null(Check(Frames.Ipv6(Linux, Machine, new byte[50], source: s_world6)));
        Assert.Null(Check(stranger));
    }

    [Fact]
    public void SourceAddresses_OfAMachine_DoNotPass()
    {
        // What a router would send on if one VM had sent it to the other by way of it.
        byte[] routed4 = Frames.Ipv4(Other, Machine, 50);
        byte[] routed6 = Frames.Ipv6(Other, Machine, new byte[50]);
        SwitchAddressing.GatewayMac.Write(routed4.AsSpan(6));
        SwitchAddressing.GatewayMac.Write(routed6.AsSpan(6));
        IpAddress linkLocal = SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(Other));

        Assert.Equal(DropReason.SpoofedAddress, Check(routed4));
        Assert.Equal(DropReason.SpoofedAddress, Check(routed6));
        Assert.Equal(
            DropReason.SpoofedAddress, Check(Frames.Ipv6(Linux, Machine, new byte[50], source: linkLocal)));

        // And a bridge.
        Assert.Equal(DropReason.SpoofedMac, Check(Frames.Ipv4(Other, Machine, 50)));
    }

    [Theory]
    [InlineData(Icmpv6Type.RouterSolicitation)]
    [InlineData(Icmpv6Type.RouterAdvertisement)]
    [InlineData(Icmpv6Type.NeighborSolicitation)]
    [InlineData(Icmpv6Type.NeighborAdvertisement)]
    [InlineData(Icmpv6Type.Redirect)]
    public void NeighborDiscovery_ToAMachine_DoesNotPass(Icmpv6Type type)
    {
        byte[] message = new byte[32];
        message[0] = (byte)type;
        byte[] hidden = [(byte)IpProtocol.Icmpv6, 0, 1, 4, 0, 0, 0, 0, .. message];

        Assert.Equal(
            DropReason.SpoofedNeighbor, Check(Frames.Ipv6(Linux, Machine, message, IpProtocol.Icmpv6, hopLimit: 255)));
        Assert.Equal(
            DropReason.SpoofedNeighbor, Check(Frames.Ipv6(Linux, Machine, hidden, IpProtocol.DestinationOptions)));
    }

    [Fact]
    public void Arp_ToAMachine_DoesNotPass()
    {
        byte[] poison = Frames.Arp(Linux, new ArpPacket
        {
            Operation = ArpOperation.Reply,
            SenderMac = new MacAddress(0x0200_0000_0001),
            SenderAddress = Frames.Addressing.Ipv4Of(Other),
            TargetMac = SwitchAddressing.MacOf(Machine),
            TargetAddress = Frames.Addressing.Ipv4Of(Machine),
        });
        SwitchAddressing.MacOf(Machine).Write(poison);

        Assert.Equal(DropReason.SpoofedNeighbor, Check(poison));
    }

    [Fact]
    public void Frames_ForGroupsOrNobody_DoNotPass()
    {
        byte[] broadcast = Frames.Ipv4(Linux, Machine, 50);
        MacAddress.Broadcast.Write(broadcast);
        byte[] own = Frames.Ipv4(Linux, Machine, 50);
        SwitchAddressing.GatewayMac.Write(own);
        byte[] unknown = Frames.Ipv4(Linux, Machine, 50);
        unknown[12] = 0x88;

        Assert.Equal(DropReason.Multicast, Check(broadcast));
        Assert.Equal(DropReason.NoDestination, Check(own));
        Assert.Equal(DropReason.UnknownProtocol, Check(unknown));
    }

    [Fact]
    public void AnyBytes_ThatPass_AreFromNoMachine() =>
        Gen.Byte.Array[0, 120].Select(Gen.Int[0, 3], Gen.Int[0, 2]).Sample(
            (bytes, source, type) =>
            {
                byte[] frame = Shape(bytes, source, type);
                DropReason? reason = s_filter.Check(frame, out int target);
                if (reason is null)
                {
                    Assert.Equal(Machine, target);
                    Assert.True(Frames.Addressing.FindMac(MacAddress.Read(frame.AsSpan(6))) < 0);
                    Assert.NotEqual(0x06, frame[13]);
                }
            },
            iter: Iterations.Of(20_000));

    /// <summary>Makes it likely that bytes are looked at more closely.</summary>
    private static byte[] Shape(byte[] bytes, int source, int type)
    {
        byte[] frame = [.. bytes];
        if (frame.Length >= EthernetHeader.SizeBytes)
        {
            EtherType[] types = [EtherType.Arp, EtherType.Ipv4, EtherType.Ipv6];
            int from = source == 0 ? Other : Linux;
            Frames.WriteEthernet(
                frame, SwitchAddressing.MacOf(from), SwitchAddressing.MacOf(Machine), types[type]);
        }

        return frame;
    }

    private static DropReason? Check(byte[] frame)
    {
        // Every shorter one, too: nothing is read beyond its end.
        foreach (int length in Enumerable.Range(0, frame.Length))
        {
            _ = s_filter.Check(frame.AsSpan(0, length), out _);
        }

        DropReason? reason = s_filter.Check(frame, out int target);
        Assert.True(reason is not null || target == Machine);
        return reason;
    }
}
