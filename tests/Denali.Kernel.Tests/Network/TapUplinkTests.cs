// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Engine;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>VMs and Linux see each other on one Ethernet segment.</summary>
public sealed class TapUplinkTests
{
    private const string Name = "denalitest0";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Datagrams_BetweenLinuxAndAMachine_GoBothWays(int workers) => PrivateNetwork.Run(() =>
    {
        using TestKernel kernel = Start(workers);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");
        PrivateNetwork.Configure($"-6 addr add fd64:656e:616c:6900::1/64 dev {Name} nodad");

        // On every worker, so that both ways in are used.
        ulong[] ids = new ulong[workers];
        for (int i = 0; i < workers; i++)
        {
            using var isReady = new ManualResetEventSlim();
            ids[i] = kernel.Start(slot => EchoGuest(slot, isReady), network: new NetworkOptions());
            TestKernel.WaitFor(isReady, "the VM is ready");
            Exchange(new IPEndPoint(IPAddress.Parse($"10.1.0.{i}"), 7));
            Exchange(new IPEndPoint(IPAddress.Parse($"fd64:656e:616c:6900::1:{i}"), 7));
        }

        foreach (ulong id in ids)
        {
            Assert.True(kernel.Kernel.Switch.TryGetCounters(id, out NetworkCounters counters));
            Assert.Equal(40u, counters.FramesReceived);
            kernel.Kernel.Kill(id);
        }

        kernel.Observer.WaitForEnds(ids);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LargeFrame_OfAMachine_IsTakenByLinuxAsOne(bool isIpv6) => PrivateNetwork.Run(() =>
    {
        const uint Sequence = 1_000_000;
        const int PayloadBytes = 40_000;
        using TestKernel kernel = Start(1);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");
        PrivateNetwork.Configure($"-6 addr add fd64:656e:616c:6900::1/64 dev {Name} nodad");
        byte[]? answer = null;
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: new NetworkOptions()));

        // Nobody listens: Linux resets the connection, and says up to which byte it has read.
        int tcp = isIpv6 ? 54 : 34;
        Assert.Equal(0x14, answer![tcp + 13]);
        Assert.Equal(Sequence + PayloadBytes, BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(tcp + 8)));

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            byte[] frame = LargeSegment(Sequence, PayloadBytes, isIpv6, out FrameOffload offload);
            while (answer is null)
            {
                // Linux may still be about to take the interface into use.
                nic.Send(frame, offload, 0x9_8000);
                yield return slot.Idle(kernel.NowNs + 100_000_000);
                slot.Take();
                foreach ((byte[] bytes, FrameOffload _) in nic.Receive())
                {
                    answer = bytes;
                }
            }

            yield return slot.Terminate(0);
        }
    });

    [Fact]
    public void Neighbors_ThatAreNotThere_AreNotAnswered() => PrivateNetwork.Run(() =>
    {
        using TestKernel kernel = Start(1);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("10.1.0.9"), 7));

        TestKernel.WaitFor(
            () => kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.Multicast) > 0, "the question arrives");
        Assert.DoesNotContain("lladdr", PrivateNetwork.Ip("neigh show 10.1.0.9").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void Group_ThatTheInterfaceDoesNotServe_ExchangesNothingWithLinux() => PrivateNetwork.Run(() =>
    {
        using var kernel = new TestKernel(tapName: Name, tapGroups: [7]);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");
        using var isReady = new ManualResetEventSlim();
        ulong served = kernel.Start(slot => EchoGuest(slot, isReady), network: new NetworkOptions { Group = 7 });
        TestKernel.WaitFor(isReady, "the VM is ready");
        using var isOtherReady = new ManualResetEventSlim();
        ulong other = kernel.Start(Other, network: new NetworkOptions { Group = 8 });
        TestKernel.WaitFor(isOtherReady, "the other VM is ready");
        Exchange(new IPEndPoint(IPAddress.Parse("10.1.0.0"), 7));

        // Linux is not told of it, and whoever knows its address does not reach it.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("10.1.0.1"), 7));
        using var packets = new PacketSocket(PacketSocket.IndexOf(Name));
        byte[] frame = Frames.Ipv4(SwitchAddressing.Gateway, 1, 50);
        packets.Send(frame);

        VirtualSwitch lan = kernel.Kernel.Switch;
        TestKernel.WaitFor(
            () => lan.TotalCounters().DroppedFor(DropReason.OtherGroup) == 1, "Linux's frame is dropped");
        TestKernel.WaitFor(
            () => lan.TotalCounters().DroppedFor(DropReason.NoUplink) > 0, "the VM's frames are dropped");
        Assert.True(lan.TryGetCounters(other, out NetworkCounters counters));
        Assert.Equal(0u, counters.FramesReceived);
        Assert.Equal(0u, counters.FramesSent);
        Assert.DoesNotContain("lladdr", PrivateNetwork.Ip("neigh show 10.1.0.1").Output, StringComparison.Ordinal);
        kernel.Kernel.Kill(served);
        kernel.Kernel.Kill(other);
        kernel.Observer.WaitForEnds([served, other]);

        IEnumerable<EngineExit> Other(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            isOtherReady.Set();
            while (true)
            {
                nic.Send(Frames.Ipv4(1, SwitchAddressing.Gateway, 50));
                yield return slot.Idle(kernel.NowNs + 10_000_000);
                slot.Take();
            }
        }
    });

    [Fact]
    public void Frames_OfSomebodyOutsideWhoPassesForAMachine_AreDropped() => PrivateNetwork.Run(() =>
    {
        using TestKernel kernel = Start(1);
        using var isReady = new ManualResetEventSlim();
        ulong victim = kernel.Start(slot => EchoGuest(slot, isReady), network: new NetworkOptions { Group = 1 });
        TestKernel.WaitFor(isReady, "the VM is ready");
        using var packets = new PacketSocket(PacketSocket.IndexOf(Name));

        // As a bridge would bring it back, as a router would, and a lie about who has an address.
        byte[] bridged = Frames.Ipv4(1, 0, 50);
        byte[] routed = Frames.Ipv4(1, 0, 50);
        SwitchAddressing.GatewayMac.Write(routed.AsSpan(6));
        byte[] lie = Frames.Arp(SwitchAddressing.Gateway, new ArpPacket
        {
            Operation = ArpOperation.Reply,
            SenderMac = SwitchAddressing.GatewayMac,
            SenderAddress = Frames.Addressing.Ipv4Of(1),
            TargetMac = SwitchAddressing.MacOf(0),
            TargetAddress = Frames.Addressing.Ipv4Of(0),
        });
        SwitchAddressing.MacOf(0).Write(lie);
        packets.Send(bridged);
        packets.Send(routed);
        packets.Send(lie);

        NetworkCounters total = default;
        TestKernel.WaitFor(
            () => (total = kernel.Kernel.Switch.TotalCounters()).DroppedFor(DropReason.SpoofedNeighbor) == 1,
            "all came");
        Assert.Equal(1u, total.DroppedFor(DropReason.SpoofedMac));
        Assert.Equal(1u, total.DroppedFor(DropReason.SpoofedAddress));
        Assert.Equal(0u, total.FramesReceived);
        kernel.Kernel.Kill(victim);
        kernel.Observer.WaitForEnd(victim);
    });

    [Fact]
    public void Interface_WhileTheKernelLives_IsUpWithTheGatewaysMac() => PrivateNetwork.Run(() =>
    {
        using (Start(1))
        {
            string link = PrivateNetwork.Ip($"link show {Name}").Output;
            Assert.Contains("02:64:6e:ff:ff:fe", link, StringComparison.Ordinal);
            Assert.Contains("UP", link, StringComparison.Ordinal);
        }

        Assert.NotEqual(0, PrivateNetwork.Ip($"link show {Name}").Status);
    });

    [Fact]
    public void Interface_ThatWasMadeBefore_IsUsedAndStays() => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Configure($"tuntap add {Name} mode tap vnet_hdr");
        using (Start(1))
        {
            Assert.Contains("LOWER_UP", PrivateNetwork.Ip($"link show {Name}").Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, PrivateNetwork.Ip($"link show {Name}").Status);
        Start(1).Dispose();
    });

    [Fact]
    public void Interface_OfAnother_IsRefusedWithTheCure() => PrivateNetwork.Run(() =>
    {
        using TestKernel kernel = Start(1);
        Assert.Equal(
            $"the TAP interface '{Name}' is in use by another program: choose another name",
            Assert.Throws<KernelException>(() => TapUplink.Open(Name)).Message);
        Assert.Equal(
            "there is already an interface 'lo' that is no TAP with vnet_hdr and one queue, or that another program "
            + "uses: choose another name",
            Assert.Throws<KernelException>(() => TapUplink.Open("lo")).Message);
    });

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("tap%d")]
    [InlineData("\u00E4")]
    [InlineData("sixteenletters16")]
    public void Name_Impossible_IsRefusedWithTheCure(string name) =>
        Assert.Equal(
            $"'{name}' cannot be the name of a TAP interface: use 1 to 15 letters and digits",
            Assert.Throws<KernelException>(() => TapUplink.Open(name)).Message);

    [Theory]
    [InlineData(EtherType.Ipv4, 1)]
    [InlineData(EtherType.Ipv6, 4)]
    public void Header_OfALargeFrame_IsThatOfVirtio(EtherType type, byte segmentType)
    {
        byte[] frame = new byte[3000];
        Frames.WriteEthernet(frame, default, default, type);
        frame[34 + 12] = 8 << 4;
        var offload = new FrameOffload
        {
            IsChecksumPartial = true,
            ChecksumStart = 34,
            ChecksumOffset = 16,
            SegmentBytes = 1400,
            HeaderBytes = 34 + 32,
        };
        byte[] header = new byte[TapUplink.HeaderBytes];
        TapUplink.WriteHeader(header, frame, offload);

        Assert.Equal([1, segmentType, 66, 0, 0x78, 0x05, 34, 0, 16, 0], header);
        Assert.Equal(offload, TapUplink.ReadHeader(header, frame));
    }

    [Fact]
    public void Header_ThatReachesBeyondTheFrame_OffersNothing()
    {
        byte[] header = [1, 1, 66, 0, 0x78, 5, 0xFF, 0xFF, 0xFF, 0xFF];

        Assert.Equal(default, TapUplink.ReadHeader(header, new byte[100]));
        Assert.True(TapUplink.ReadHeader([2, 0, 0, 0, 0, 0, 0, 0, 0, 0], new byte[100]).IsChecksumGood);
    }

    /// <summary>Several segments in one, to a port where nobody listens.</summary>
    private static byte[] LargeSegment(uint sequence, int payloadBytes, bool isIpv6, out FrameOffload offload)
    {
        byte[] segment = new byte[20 + payloadBytes];
        BinaryPrimitives.WriteUInt16BigEndian(segment, 1234);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 4321);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        segment[12] = 5 << 4;
        segment[13] = 0x08;
        SwitchAddressing lan = Frames.Addressing;
        uint sum = InternetChecksum.PseudoHeader(
            isIpv6 ? lan.Ipv6Of(0) : lan.Ipv4Of(0),
            isIpv6 ? lan.Ipv6Gateway : lan.Ipv4Gateway,
            IpProtocol.Tcp,
            (uint)segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), InternetChecksum.Fold(sum));
        ushort start = isIpv6 ? (ushort)54 : (ushort)34;
        offload = new FrameOffload
        {
            IsChecksumPartial = true,
            ChecksumStart = start,
            ChecksumOffset = 16,
            SegmentBytes = 1400,
            HeaderBytes = (ushort)(start + 20),
        };
        return isIpv6
            ? Frames.Ipv6(0, SwitchAddressing.Gateway, segment, IpProtocol.Tcp)
            : Frames.Ipv4(0, SwitchAddressing.Gateway, segment, IpProtocol.Tcp);
    }

    private static TestKernel Start(int workers) => new(workers, tapName: Name);

    private static void Exchange(IPEndPoint peer)
    {
        using var socket = new Socket(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)TestObserver.Limit.TotalMilliseconds;
        socket.Connect(peer);
        byte[] buffer = new byte[2000];
        for (int i = 0; i < 20; i++)
        {
            byte[] sent = new byte[1 + (i * 70)];
            sent.AsSpan().Fill((byte)i);
            socket.Send(sent);
            Assert.Equal(sent, buffer[..socket.Receive(buffer)]);
        }
    }

    /// <summary>Sends every UDP datagram back, by exchanging the addresses; its checksum stays what it was.</summary>
    private static IEnumerable<EngineExit> EchoGuest(FakeSlot slot, ManualResetEventSlim isReady)
    {
        var nic = new NicGuest(slot);
        isReady.Set();
        while (true)
        {
            yield return slot.Idle();
            slot.Take();
            foreach ((byte[] frame, FrameOffload offload) in nic.Receive())
            {
                bool isIpv6 = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == (ushort)EtherType.Ipv6;
                Swap(frame, 0, 6);
                Swap(frame, isIpv6 ? 22 : 26, isIpv6 ? 16 : 4);
                Swap(frame, isIpv6 ? 54 : 34, 2);
                FrameOffload back = offload;
                back.IsChecksumGood = false;
                nic.Send(frame, back);
            }
        }
    }

    private static void Swap(byte[] frame, int at, int bytes)
    {
        byte[] first = frame.AsSpan(at, bytes).ToArray();
        frame.AsSpan(at + bytes, bytes).CopyTo(frame.AsSpan(at));
        first.CopyTo(frame.AsSpan(at + bytes));
    }
}
