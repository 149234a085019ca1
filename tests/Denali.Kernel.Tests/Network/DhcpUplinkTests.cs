// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>VMs that lease an address over a TAP interface, honest and hostile ones.</summary>
public sealed class DhcpUplinkTests
{
    private const string Name = "denalitest1";
    private const uint Group = 1;
    private const ulong StepNs = 5_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Machine_WithALease_IsFoundByLinux(int workers) => PrivateNetwork.Run(() =>
    {
        using var kernel = new TestKernel(workers, tapName: Name);
        PrivateNetwork.Configure($"addr add 192.168.77.1/24 dev {Name}");
        using var packets = new PacketSocket(PacketSocket.IndexOf(Name));
        ulong id = StartAsking(kernel);
        Acknowledge(kernel, packets, id);

        // What it has by computing is nobody's; for what it leases the kernel answers.
        Assert.Equal(DhcpFrames.Leased, kernel.Kernel.Switch.AddressOf(id));
        Assert.Equal(SwitchAddressing.None, kernel.Kernel.Switch.FindIp(Frames.Addressing.Ipv4Of(0)));
        TestKernel.WaitFor(
            () =>
            {
                using var socket = new System.Net.Sockets.UdpClient();
                socket.Send([1], "192.168.77.50", 7);
                return PrivateNetwork.Ip("neigh show 192.168.77.50").Output
                    .Contains("lladdr 02:64:6e:00:00:00", StringComparison.Ordinal);
            },
            "Linux learns who has the address");
        kernel.Kernel.Kill(id);
        kernel.Observer.WaitForEnd(id);
        Assert.True(kernel.Kernel.Switch.Dhcp.IsEmpty);
    });

    [Fact]
    public void Acknowledgments_ForgedByAnotherMachine_GiveNothing() => PrivateNetwork.Run(() =>
    {
        using var kernel = new TestKernel(tapName: Name);
        using var packets = new PacketSocket(PacketSocket.IndexOf(Name));
        ulong victim = StartAsking(kernel);
        VirtualSwitch lan = kernel.Kernel.Switch;

        // To the VM itself, to all, under the server's address and under its own; and as a bridge or router would bring
        // them back.
        MacAddress mac = SwitchAddressing.MacOf(1);
        IpAddress own = lan.Addressing.Ipv4Of(1);
        byte[] direct = DhcpFrames.Answer(
            0, DhcpMessageType.Acknowledge, from: mac, source: own, destination: DhcpFrames.Leased);
        byte[] broadcast = DhcpFrames.Answer(0, DhcpMessageType.Acknowledge, from: mac, source: own);
        byte[] spoofed = DhcpFrames.Answer(0, DhcpMessageType.Acknowledge, from: mac);
        byte[] routed = DhcpFrames.Answer(0, DhcpMessageType.Acknowledge, source: own);
        ulong forger = kernel.Start(
            slot => Send(kernel, slot, [direct, broadcast, spoofed]), network: new NetworkOptions { Group = Group });
        TestKernel.WaitFor(
            () => Drops(lan, DropReason.ForgedDhcp) >= 2 && Drops(lan, DropReason.SpoofedAddress) >= 1, "all are sent");
        ulong spoofedBefore = Drops(lan, DropReason.SpoofedAddress);
        kernel.Kernel.Kill(forger);
        kernel.Observer.WaitForEnd(forger);
        packets.Send(broadcast);
        packets.Send(routed);
        TestKernel.WaitFor(
            () => Drops(lan, DropReason.SpoofedMac) >= 1 && Drops(lan, DropReason.SpoofedAddress) > spoofedBefore,
            "both came back");

        Assert.Equal(IpAddress.Ipv4Any, lan.AddressOf(victim));

        // From outside, those for others or for nobody give nothing either, and the real one does.
        packets.Send(DhcpFrames.Answer(0, DhcpMessageType.Acknowledge, client: SwitchAddressing.MacOf(5)));
        packets.Send(DhcpFrames.Answer(0, DhcpMessageType.Acknowledge).AsSpan(0, 200));
        packets.Send(DhcpFrames.Answer(0, DhcpMessageType.Acknowledge, transaction: 99));
        TestKernel.WaitFor(() => Drops(lan, DropReason.ForgedDhcp) >= 3, "the wrong number is noticed");
        Assert.Equal(IpAddress.Ipv4Any, lan.AddressOf(victim));
        Acknowledge(kernel, packets, victim);
        kernel.Kernel.Kill(victim);
        kernel.Observer.WaitForEnd(victim);
    });

    [Fact]
    public void Machine_ThatForgesQuestions_IsNotHeard() => PrivateNetwork.Run(() =>
    {
        using var kernel = new TestKernel(tapName: Name);
        byte[] other = DhcpFrames.MacBytes(SwitchAddressing.MacOf(9));
        byte[] chaddr = DhcpFrames.Question(
            0, DhcpMessageType.Discover, change: message => other.CopyTo(message, 28));
        byte[] identifier = DhcpFrames.Question(0, DhcpMessageType.Discover, options: [61, 7, 1, .. other]);
        byte[] cut = DhcpFrames.Question(0, DhcpMessageType.Discover)[..^30];
        ulong id = kernel.Start(
            slot => Send(kernel, slot, [chaddr, identifier, cut]), network: new NetworkOptions { UseDhcp = true });
        VirtualSwitch lan = kernel.Kernel.Switch;
        TestKernel.WaitFor(() => Drops(lan, DropReason.ForgedDhcp) >= 6, "all are refused");

        Assert.True(lan.TryGetCounters(id, out NetworkCounters counters));
        Assert.Equal(0u, counters.FramesSent);
        kernel.Kernel.Kill(id);
        kernel.Observer.WaitForEnd(id);
    });

    [Fact]
    public void Dhcp_WithoutATap_IsRefused()
    {
        using var kernel = new TestKernel();

        KernelException refusal = Assert.Throws<KernelException>(
            () => kernel.Start(slot => Send(kernel, slot, []), network: new NetworkOptions { UseDhcp = true }));
        Assert.Equal(
            "DHCP needs a network with a server: join the VMs to one by a TAP interface", refusal.Message);
    }

    private static ulong Drops(VirtualSwitch lan, DropReason reason) => lan.TotalCounters().DroppedFor(reason);

    /// <summary>A VM that says again and again that it wants a lease.</summary>
    private static ulong StartAsking(TestKernel kernel)
    {
        byte[] question = DhcpFrames.Question(0, DhcpMessageType.Request, wanted: DhcpFrames.Leased);
        ulong id = kernel.Start(
            slot => Send(kernel, slot, [question]), network: new NetworkOptions { UseDhcp = true });
        TestKernel.WaitFor(
            () => kernel.Kernel.Switch.TryGetCounters(id, out NetworkCounters counters) && counters.FramesSent > 0,
            "it asks");
        return id;
    }

    private static void Acknowledge(TestKernel kernel, PacketSocket packets, ulong id) => TestKernel.WaitFor(
        () =>
        {
            packets.Send(DhcpFrames.Answer(0, DhcpMessageType.Acknowledge));
            return kernel.Kernel.Switch.AddressOf(id) == DhcpFrames.Leased;
        },
        "the address is the VM's");

    private static IEnumerable<EngineExit> Send(TestKernel kernel, FakeSlot slot, byte[][] frames)
    {
        var nic = new NicGuest(slot);
        while (true)
        {
            foreach (byte[] frame in frames)
            {
                nic.Send(frame);
            }

            _ = nic.Receive();
            yield return slot.Idle(kernel.NowNs + StepNs);
            slot.Take();
        }
    }
}
