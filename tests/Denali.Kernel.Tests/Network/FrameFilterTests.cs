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

/// <summary>Nobody sends under another's address, and nobody reaches what is not for him.</summary>
public sealed class FrameFilterTests
{
    private const int Own = 3;
    private const int Other = 4;

    private static readonly FrameFilter s_filter = new(Frames.Addressing, Frames.NoDhcp);
    private static readonly IpAddress s_linkLocal = SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(Own));

    [Fact]
    public void HonestFrames_GoWhereTheyAreFor()
    {
        Assert.Equal((FrameVerdict.Machine, Other), Check(Frames.Ipv4(Own, Other, 50)));
        Assert.Equal((FrameVerdict.Machine, Other), Check(Frames.Ipv6(Own, Other, new byte[50])));
        Assert.Equal((FrameVerdict.Machine, Other), Check(Frames.Ipv6(Own, Other, new byte[50], source: s_linkLocal)));
        Assert.Equal((FrameVerdict.Machine, Own), Check(Frames.Ipv4(Own, Own, 50)));
        Assert.Equal(FrameVerdict.Gateway, Check(Frames.Ipv4(Own, SwitchAddressing.Gateway, 50)).Verdict);
        Assert.Equal(FrameVerdict.Gateway, Check(ToGateway(IpAddress.FromIpv4(0x0808_0808))).Verdict);
        Assert.Equal(FrameVerdict.Arp, Check(Frames.ArpRequest(Own, Frames.Addressing.Ipv4Of(Other))).Verdict);
        Assert.Equal(
            FrameVerdict.NeighborDiscovery,
            Check(Frames.Solicitation(Own, Frames.Addressing.Ipv6Of(Other))).Verdict);
    }

    [Fact]
    public void ProbesWithoutAnAddress_AreNeighborDiscovery()
    {
        var probe = new ArpPacket
        {
            Operation = ArpOperation.Request,
            SenderMac = SwitchAddressing.MacOf(Own),
            SenderAddress = IpAddress.Ipv4Any,
            TargetAddress = Frames.Addressing.Ipv4Of(Own),
        };
        byte[] detection = Frames.Solicitation(
            Own, Frames.Addressing.Ipv6Of(Own), source: default(IpAddress), tells: false);

        Assert.Equal(FrameVerdict.Arp, Check(Frames.Arp(Own, probe)).Verdict);
        Assert.Equal(FrameVerdict.NeighborDiscovery, Check(detection).Verdict);
    }

    [Fact]
    public void SourceMac_OfAnother_IsSpoofed()
    {
        byte[] frame = Frames.Ipv4(Own, Other, 50);
        SwitchAddressing.MacOf(Other).Write(frame.AsSpan(6));
        Assert.Equal(DropReason.SpoofedMac, ReasonOf(frame));

        byte[] arp = Frames.ArpRequest(Other, Frames.Addressing.Ipv4Of(Own));
        Assert.Equal(DropReason.SpoofedMac, ReasonOf(arp));
    }

    [Fact]
    public void SourceAddress_OfAnother_IsSpoofed()
    {
        byte[] ipv4 = Frames.Ipv4(Other, Other, 50);
        SwitchAddressing.MacOf(Own).Write(ipv4.AsSpan(6));
        Assert.Equal(DropReason.SpoofedAddress, ReasonOf(ipv4));

        foreach (IpAddress source in new[]
        {
            Frames.Addressing.Ipv6Of(Other),
            Frames.Addressing.Ipv6Gateway,
            SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(Other)),
            new IpAddress(0x2001_0DB8_0000_0000, 1),
            default,
        })
        {
            Assert.Equal(DropReason.SpoofedAddress, ReasonOf(Frames.Ipv6(Own, Other, new byte[50], source: source)));
        }
    }

    [Fact]
    public void ArpOfAnother_IsSpoofed()
    {
        var packet = new ArpPacket
        {
            Operation = ArpOperation.Reply,
            SenderMac = SwitchAddressing.MacOf(Own),
            SenderAddress = Frames.Addressing.Ipv4Of(Other),
            TargetMac = SwitchAddressing.MacOf(Other),
            TargetAddress = Frames.Addressing.Ipv4Of(Other),
        };
        Assert.Equal(DropReason.SpoofedNeighbor, ReasonOf(Frames.Arp(Own, packet)));

        packet.SenderAddress = Frames.Addressing.Ipv4Of(Own);
        packet.SenderMac = SwitchAddressing.MacOf(Other);
        Assert.Equal(DropReason.SpoofedNeighbor, ReasonOf(Frames.Arp(Own, packet)));
    }

    [Fact]
    public void NeighborMessagesOfAnother_AreSpoofed()
    {
        IpAddress target = Frames.Addressing.Ipv6Of(Other);
        Assert.Equal(
            DropReason.SpoofedNeighbor,
            ReasonOf(Frames.Solicitation(Own, target, told: SwitchAddressing.MacOf(Other))));
        Assert.Equal(DropReason.SpoofedNeighbor, ReasonOf(Frames.Solicitation(Own, target, source: target)));
        Assert.Equal(DropReason.SpoofedNeighbor, ReasonOf(Advertisement(target, SwitchAddressing.MacOf(Own))));
        Assert.Equal(
            DropReason.SpoofedNeighbor,
            ReasonOf(Advertisement(Frames.Addressing.Ipv6Of(Own), SwitchAddressing.MacOf(Other))));
        Assert.Equal(
            FrameVerdict.NeighborDiscovery,
            Check(Advertisement(Frames.Addressing.Ipv6Of(Own), SwitchAddressing.MacOf(Own))).Verdict);
    }

    [Theory]
    [InlineData(Icmpv6Type.RouterAdvertisement)]
    [InlineData(Icmpv6Type.Redirect)]
    public void RouterMessages_OfAMachine_AreSpoofed(Icmpv6Type type)
    {
        byte[] message = new byte[40];
        message[0] = (byte)type;

        Assert.Equal(
            DropReason.SpoofedNeighbor,
            ReasonOf(Frames.Ipv6(Own, Other, message, IpProtocol.Icmpv6, hopLimit: 255)));
    }

    [Fact]
    public void NeighborMessage_BehindExtensionHeaders_DoesNotPass()
    {
        byte[] advertisement = new byte[NeighborAdvertisement.LargestBytes];
        advertisement[0] = (byte)Icmpv6Type.NeighborAdvertisement;
        foreach (IpProtocol kind in new[]
        {
            IpProtocol.HopByHop, IpProtocol.DestinationOptions, IpProtocol.Routing, IpProtocol.Fragment,
        })
        {
            byte[] header = new byte[8];
            header[0] = (byte)IpProtocol.Icmpv6;
            byte[] hidden = [.. header, .. advertisement];
            Assert.Equal(
                DropReason.Malformed, ReasonOf(Frames.Ipv6(Own, Other, hidden, kind, hopLimit: 255)));
            byte[] first = new byte[8];
            first[0] = (byte)kind;
            Assert.Equal(
                DropReason.Malformed,
                ReasonOf(Frames.Ipv6(Own, Other, [.. first, .. hidden], IpProtocol.DestinationOptions, hopLimit: 255)));
        }
    }

    [Fact]
    public void ExtensionHeaders_WithoutEnd_AreMalformed()
    {
        byte[] header = new byte[8];
        header[0] = (byte)IpProtocol.DestinationOptions;
        byte[] chain = [.. Enumerable.Repeat(header, 20).SelectMany(one => one)];

        Assert.Equal(DropReason.Malformed, ReasonOf(Frames.Ipv6(Own, Other, chain, IpProtocol.DestinationOptions)));
        header[1] = 255;
        Assert.Equal(DropReason.Malformed, ReasonOf(Frames.Ipv6(Own, Other, chain, IpProtocol.HopByHop)));
    }

    [Fact]
    public void GroupAndUnknownDestinations_GoNowhere()
    {
        byte[] frame = Frames.Ipv4(Own, Other, 50);
        MacAddress.Broadcast.Write(frame);
        Assert.Equal(DropReason.Multicast, ReasonOf(frame));
        new MacAddress(0x0100_5E00_00FB).Write(frame);
        Assert.Equal(DropReason.Multicast, ReasonOf(frame));
        new MacAddress(0x0264_6EFF_FFFD).Write(frame);
        Assert.Equal(DropReason.NoDestination, ReasonOf(frame));
        new MacAddress(0x0011_2233_4455).Write(frame);
        Assert.Equal(DropReason.NoDestination, ReasonOf(frame));
    }

    [Fact]
    public void Machine_ByWayOfTheGateway_IsMisdirected()
    {
        Assert.Equal(DropReason.Misdirected, ReasonOf(ToGateway(Frames.Addressing.Ipv4Of(Other))));
        byte[] ipv6 = Frames.Ipv6(
            Own, SwitchAddressing.Gateway, new byte[8], destination: Frames.Addressing.Ipv6Of(Other));
        Assert.Equal(DropReason.Misdirected, ReasonOf(ipv6));
    }

    [Fact]
    public void ChecksumThatWouldChangeAnAddress_IsBad()
    {
        byte[] frame = Frames.Ipv4(Own, Other, 50);

        // Its completion would be written over the source address.
        var offload = new FrameOffload { IsChecksumPartial = true, ChecksumStart = 14, ChecksumOffset = 12 };
        s_filter.Check(frame, Own, offload, out _, out DropReason reason);
        Assert.Equal(DropReason.BadDescriptor, reason);

        offload.ChecksumStart = 34;
        offload.ChecksumOffset = 6;
        Assert.Equal(FrameVerdict.Machine, s_filter.Check(frame, Own, offload, out _, out _));
    }

    [Fact]
    public void LargeFrame_ThatIsNotOfTcp_IsBad()
    {
        byte[] frame = Frames.Ipv4(Own, Other, 50);
        var offload = new FrameOffload
        {
            IsChecksumPartial = true,
            ChecksumStart = 34,
            ChecksumOffset = 16,
            SegmentBytes = 1400,
            HeaderBytes = 54,
        };

        s_filter.Check(frame, Own, offload, out _, out DropReason reason);
        Assert.Equal(DropReason.BadDescriptor, reason);
    }

    [Fact]
    public void Anything_NeitherCrashesNorPassesUnderAnotherName() =>
        Gen.Byte.Array[0, GuestFrame.HeadMax].Select(Gen.Int[0, 6]).Sample(
            (bytes, kind) =>
            {
                Prepare(bytes, kind);
                FrameVerdict verdict = s_filter.Check(bytes, Own, default, out int target, out _);
                if (verdict == FrameVerdict.Drop)
                {
                    return true;
                }

                bool isTargetRight = verdict != FrameVerdict.Machine || (target >= 0
                    && SwitchAddressing.MacOf(target) == MacAddress.Read(bytes));
                return isTargetRight && MacAddress.Read(bytes.AsSpan(6)) == SwitchAddressing.MacOf(Own);
            },
            iter: Iterations.Of(100_000));

    private static void Prepare(byte[] bytes, int kind)
    {
        if (bytes.Length < 80 || kind == 0)
        {
            return;
        }

        // More and more of the headers is right.
        SwitchAddressing.MacOf(kind % 2 == 0 ? Other : SwitchAddressing.Gateway).Write(bytes);
        SwitchAddressing.MacOf(Own).Write(bytes.AsSpan(6));
        bool isIpv6 = kind is 2 or 4 or 6;
        bytes[12] = isIpv6 ? (byte)0x86 : (byte)0x08;
        bytes[13] = isIpv6 ? (byte)0xDD : kind == 5 ? (byte)0x06 : (byte)0;
        if (kind > 2)
        {
            bytes[14] = isIpv6 ? (byte)0x60 : (byte)0x45;
            (isIpv6 ? Frames.Addressing.Ipv6Of(Own) : Frames.Addressing.Ipv4Of(Own))
                .Write(bytes.AsSpan(isIpv6 ? 22 : 26));
            bytes[20] = (byte)(isIpv6 ? new[] { 0, 43, 44, 58, 60 }[bytes[19] % 5] : 17);
        }
    }

    private static byte[] ToGateway(IpAddress destination)
    {
        byte[] frame = Frames.Ipv4(Own, SwitchAddressing.Gateway, 50);
        destination.Write(frame.AsSpan(30));
        return frame;
    }

    private static byte[] Advertisement(IpAddress target, MacAddress told)
    {
        byte[] message = new byte[NeighborAdvertisement.LargestBytes];
        int bytes = new NeighborAdvertisement
        {
            Target = target,
            TargetLinkAddress = told,
            HasTargetLinkAddress = true,
        }.Write(message);
        return Frames.Ipv6(Own, Other, message.AsSpan(0, bytes), IpProtocol.Icmpv6, hopLimit: 255);
    }

    private static (FrameVerdict Verdict, int Target) Check(byte[] frame)
    {
        FrameVerdict verdict = s_filter.Check(frame, Own, default, out int target, out _);
        return (verdict, target);
    }

    private static DropReason ReasonOf(byte[] frame)
    {
        Assert.Equal(FrameVerdict.Drop, s_filter.Check(frame, Own, default, out _, out DropReason reason));
        return reason;
    }
}
