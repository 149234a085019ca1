// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>The kernel answers for the LAN: to who asks, and only what he may know.</summary>
public sealed class ResponderTests
{
    private const int Asker = 0;
    private const int Peer = 1;
    private const int Stranger = 2;
    private const int Nobody = 9;

    [Fact]
    public void Arp_ForTheGatewayAndPeers_IsAnswered()
    {
        foreach (int target in new[] { SwitchAddressing.Gateway, Peer })
        {
            byte[] answer = Assert.Single(Ask(Frames.ArpRequest(Asker, Frames.Addressing.Ipv4Of(target))));
            Assert.True(EthernetHeader.TryParse(answer, out EthernetHeader ethernet));
            Assert.True(ArpPacket.TryParse(answer.AsSpan(14), out ArpPacket arp));
            Assert.Equal(SwitchAddressing.MacOf(Asker), ethernet.Destination);
            Assert.Equal(ArpOperation.Reply, arp.Operation);
            Assert.Equal(SwitchAddressing.MacOf(target), arp.SenderMac);
            Assert.Equal(Frames.Addressing.Ipv4Of(target), arp.SenderAddress);
            Assert.Equal(SwitchAddressing.MacOf(Asker), arp.TargetMac);
            Assert.Equal(Frames.Addressing.Ipv4Of(Asker), arp.TargetAddress);
        }
    }

    [Fact]
    public void Arp_ForOneselfAStrangerOrNobody_IsNotAnswered()
    {
        foreach (IpAddress target in new[]
        {
            Frames.Addressing.Ipv4Of(Asker), Frames.Addressing.Ipv4Of(Stranger), Frames.Addressing.Ipv4Of(Nobody),
            IpAddress.FromIpv4(0x0808_0808),
        })
        {
            Assert.Empty(Ask(Frames.ArpRequest(Asker, target)));
        }
    }

    [Fact]
    public void Solicitation_ForTheGatewayAndPeers_IsAnswered()
    {
        foreach (int target in new[] { SwitchAddressing.Gateway, Peer })
        {
            foreach (IpAddress address in new[]
            {
                Frames.Addressing.Ipv6Of(target), SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(target)),
            })
            {
                byte[] answer = Assert.Single(Ask(Frames.Solicitation(Asker, address)));
                NeighborAdvertisement told = Parse(answer, out Ipv6Header header);
                Assert.Equal(SwitchAddressing.MacOf(Asker), MacAddress.Read(answer));
                Assert.Equal(Frames.Addressing.Ipv6Of(Asker), header.Destination);
                Assert.Equal(address, header.Source);
                Assert.Equal(255, header.HopLimit);
                Assert.Equal(address, told.Target);
                Assert.Equal(SwitchAddressing.MacOf(target), told.TargetLinkAddress);
                Assert.True(told.IsSolicited);
                Assert.Equal(target == SwitchAddressing.Gateway, told.IsRouter);
            }
        }
    }

    [Fact]
    public void Detection_OfAnAddressThatIsTaken_IsToldToTheAskerAlone()
    {
        byte[] answer = Assert.Single(Ask(Frames.Solicitation(
            Asker, Frames.Addressing.Ipv6Of(Peer), source: default(IpAddress), tells: false)));
        NeighborAdvertisement told = Parse(answer, out Ipv6Header header);

        Assert.False(told.IsSolicited);
        Assert.Equal(new IpAddress(0xFF02_0000_0000_0000, 1), header.Destination);
        Assert.Equal(SwitchAddressing.MacOf(Asker), MacAddress.Read(answer));
        Assert.Empty(Ask(Frames.Solicitation(
            Asker, Frames.Addressing.Ipv6Of(Asker), source: default(IpAddress), tells: false)));
    }

    [Fact]
    public void Solicitation_ForAStrangerOrWithABadChecksum_IsNotAnswered()
    {
        Assert.Empty(Ask(Frames.Solicitation(Asker, Frames.Addressing.Ipv6Of(Stranger))));
        byte[] bad = Frames.Solicitation(Asker, Frames.Addressing.Ipv6Of(Peer));
        bad[56] ^= 1;
        Assert.Empty(Ask(bad));
    }

    [Fact]
    public void Echo_ToTheGateway_IsAnswered()
    {
        byte[] message = new byte[64];
        message[0] = (byte)IcmpType.EchoRequest;
        message[4] = 0x12;
        message[40] = 0x34;
        IpAddress own = Frames.Addressing.Ipv4Of(Asker);
        IcmpHeader.WriteChecksum(own, Frames.Addressing.Ipv4Gateway, message);
        byte[] answer = Assert.Single(Ask(Frames.Ipv4(Asker, SwitchAddressing.Gateway, message, IpProtocol.Icmp)));
        Assert.True(Ipv4Header.TryParse(answer.AsSpan(14), out Ipv4Header header));
        Assert.Equal(own, header.Destination);
        Assert.Equal(Frames.Addressing.Ipv4Gateway, header.Source);
        Assert.True(IcmpHeader.IsChecksumGood(header.Source, header.Destination, answer.AsSpan(34)));
        Assert.Equal((byte)IcmpType.EchoReply, answer[34]);
        Assert.Equal(message[4..], answer[38..]);
    }

    [Fact]
    public void Echo_ToTheGatewayOverIpv6_IsAnswered()
    {
        byte[] message = new byte[64];
        message[0] = (byte)Icmpv6Type.EchoRequest;
        message[40] = 0x34;
        IpAddress own = Frames.Addressing.Ipv6Of(Asker);
        IcmpHeader.WriteChecksum(own, Frames.Addressing.Ipv6Gateway, message);
        byte[] answer = Assert.Single(Ask(Frames.Ipv6(Asker, SwitchAddressing.Gateway, message, IpProtocol.Icmpv6)));
        Assert.True(Ipv6Header.TryParse(answer.AsSpan(14), out Ipv6Header header));
        Assert.Equal(own, header.Destination);
        Assert.True(IcmpHeader.IsChecksumGood(header.Source, header.Destination, answer.AsSpan(54)));
        Assert.Equal((byte)Icmpv6Type.EchoReply, answer[54]);
        Assert.Equal(message[4..], answer[58..]);
    }

    private static NeighborAdvertisement Parse(byte[] frame, out Ipv6Header header)
    {
        Assert.True(Ipv6Header.TryParse(frame.AsSpan(14), out header));
        Assert.True(IcmpHeader.IsChecksumGood(header.Source, header.Destination, frame.AsSpan(54)));
        Assert.True(NeighborAdvertisement.TryParse(frame.AsSpan(54), out NeighborAdvertisement advertisement));
        return advertisement;
    }

    /// <summary>
    /// Lets VM 0 send a frame, with VM 1 of its group and VM 2 of another beside it, which must hear nothing.
    /// </summary>
    private static List<byte[]> Ask(byte[] frame)
    {
        using var kernel = new TestKernel();
        var answers = new List<byte[]>();
        int ready = 0;
        int overheard = 0;
        bool isDone = false;
        ulong[] ids =
        [
            kernel.Start(AskOne, network: new NetworkOptions()),
            kernel.Start(Listen, network: new NetworkOptions()),
            kernel.Start(Listen, network: new NetworkOptions { Group = 7 }),
        ];
        kernel.Observer.WaitForEnds(ids);
        Assert.Equal(0, overheard);
        return answers;

        IEnumerable<EngineExit> AskOne(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            while (Volatile.Read(ref ready) < 2)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            nic.Send(frame);
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            answers.AddRange(nic.Receive().Select(one => one.Bytes));
            Volatile.Write(ref isDone, true);
            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Listen(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            Interlocked.Increment(ref ready);
            while (!Volatile.Read(ref isDone))
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            overheard += nic.Receive().Count;
            yield return slot.Terminate(0);
        }
    }
}
