// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>A frame costs no allocation: not on its way within a worker, not to another, not to the gateway, not
/// through a TAP interface, not in the host's stack.</summary>
public sealed class SwitchAllocationTests
{
    private const int Rounds = 20_000;
    private const int Warmup = 2_000;
    private const int Batch = 16;

    private static readonly NetworkOptions s_network = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Frames_OfEveryKind_AllocateNothing(int workers)
    {
        using var kernel = new TestKernel(workers);
        kernel.Kernel.Switch.GatewayPort = new SilentPort();
        long[] allocated = [-1, -1];
        int filled = 0;
        ulong first = kernel.Start(slot => Guest(slot, 0), network: s_network);
        ulong second = kernel.Start(slot => Guest(slot, 1), network: s_network);
        kernel.Observer.WaitForEnds([first, second]);

        Assert.Equal([0, 0], allocated);
        NetworkCounters total = kernel.Kernel.Switch.TotalCounters();
        Assert.True(total.FramesSent > Rounds, $"{total.FramesSent} frames sent");
        Assert.True(total.FramesReceived > Rounds / 10, $"{total.FramesReceived} frames received");

        IEnumerable<EngineExit> Guest(FakeSlot slot, int index)
        {
            var nic = new NicGuest(slot);
            bool isFull = false;
            Fill(nic, index);
            GuestRingMemory transmit = RingAt(slot, NicGuest.TransmitRing);
            GuestRingMemory receive = RingAt(slot, NicGuest.ReceiveRing);
            long before = 0;

            // Until both queues have been full, so that all buffers are there that will be needed.
            while (Volatile.Read(ref filled) < 2)
            {
                _ = kernel.Kernel.Switch.TryGetCounters(slot.Page.MachineId, out NetworkCounters counters);
                if (!isFull && counters.DroppedFor(DropReason.QueueFull) > 0)
                {
                    isFull = true;
                    Interlocked.Increment(ref filled);
                }

                Advance(transmit, Batch);
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            for (int round = 0; round < Rounds; round++)
            {
                if (round == Warmup)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }

                // All descriptors are filled in: moving an index sends them, and offers the buffers again.
                Advance(transmit, Batch);
                Advance(receive, Batch);
                slot.Take();
                yield return round % 4 == 0 ? slot.Idle(slot.Engine.Clock.NowNs + 1_000)
                    : FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            }

            allocated[index] = GC.GetAllocatedBytesForCurrentThread() - before;
            while (Volatile.Read(ref allocated[1 - index]) < 0)
            {
                Advance(receive, Batch);
                slot.Take();
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Frames_ThroughTheTap_AllocateNothing() => PrivateNetwork.Run(() =>
    {
        const string Name = "denalitest1";
        const int TapRounds = 100;
        using TapUplink tap = TapUplink.Open(Name);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");
        PrivateNetwork.Configure($"neigh add 10.1.0.0 lladdr 02:64:6e:00:00:00 dev {Name}");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var machine = new IPEndPoint(IPAddress.Parse("10.1.0.0"), 7);
        byte[] buffer = new byte[TapUplink.HeaderBytes + FramePool.LargeBytes];
        byte[] frame = Frames.Ipv4(0, SwitchAddressing.Gateway, 1000);
        int received = 0;
        long allocated = 0;
        for (int round = -1; round < TapRounds; round++)
        {
            for (int i = 0; i < Batch; i++)
            {
                socket.SendTo(new byte[1000], machine);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Batch; i++)
            {
                received += tap.TryReceive(buffer, out _, out _) ? 1 : 0;
            }

            frame.CopyTo(buffer.AsSpan(TapUplink.HeaderBytes));
            Assert.True(tap.TrySendToLinux(buffer.AsSpan(0, TapUplink.HeaderBytes + frame.Length), default));

            // The first round is not counted: it may be the one in which something is made once.
            allocated = round < 0 ? 0 : allocated + GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.True(received >= Batch * TapRounds, $"{received} frames received");
    });

    [Fact]
    public void Frames_ThroughTheHostsStack_AllocateNothing()
    {
        using var kernel = new TestKernel();
        using var isReady = new ManualResetEventSlim();
        ulong id = kernel.Start(Idler, network: s_network);
        TestKernel.WaitFor(isReady, "the VM has started");
        using var network = new HostNetwork(kernel.Kernel);
        int index = MachineTable.IndexOf(id);
        byte[] request = Frames.Ipv4(index, SwitchAddressing.Gateway, EchoRequest(index), IpProtocol.Icmp);
        long before = 0;
        for (int round = 0; round < Rounds; round++)
        {
            if (round == Warmup)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            ((IKernelPort)network).Receive(request, default, id);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(network.Stack.Icmp.EchoCount > 0, "the host's stack has answered nothing");

        // The VM has no ring: what the host's stack answers arrives at the switch and ends there.
        TestKernel.WaitFor(
            () => kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.NoReceiveRing) > 0, "an answer comes");

        IEnumerable<EngineExit> Idler(FakeSlot slot)
        {
            isReady.Set();
            while (true)
            {
                yield return slot.Idle(InstructionPage.Never);
                slot.Take();
            }
        }
    }

    private static byte[] EchoRequest(int machine)
    {
        byte[] message = new byte[64];
        message[0] = (byte)IcmpType.EchoRequest;
        IcmpHeader.WriteChecksum(Frames.Addressing.Ipv4Of(machine), Frames.Addressing.Ipv4Gateway, message);
        return message;
    }

    private static void Fill(NicGuest nic, int index)
    {
        for (int i = 0; i < NicGuest.Entries; i++)
        {
            // Every fourth to the gateway, every eighth a question to the kernel, one spoofed, the others to the peer.
            byte[] frame = i == 63 ? Frames.Ipv4(9, 0, 50)
                : i % 8 == 1 ? Frames.ArpRequest(index, Frames.Addressing.Ipv4Of(1 - index))
                : i % 8 == 2 ? Frames.Solicitation(index, Frames.Addressing.Ipv6Of(1 - index))
                : i % 4 == 0 ? Frames.Ipv4(index, SwitchAddressing.Gateway, 200)
                : Frames.Ipv4(index, 1 - index, 1000);
            nic.Send(frame);
        }
    }

    private static GuestRingMemory RingAt(FakeSlot slot, ulong address)
    {
        slot.Memory.TryGetRingMemory(address, 128, out GuestRingMemory ring);
        return ring;
    }

    /// <summary>Produces as many entries as there is room for, up to a number.</summary>
    private static void Advance(GuestRingMemory ring, uint most)
    {
        uint producer = ring.LoadAcquire(RingHeader.ProducerOffset);
        uint used = producer - ring.LoadAcquire(RingHeader.ConsumerOffset);
        ring.StoreRelease(RingHeader.ProducerOffset, producer + Math.Min(most, NicGuest.Entries - used));
    }

    private sealed class SilentPort : IKernelPort
    {
        public void Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong machineId)
        {
        }
    }
}
