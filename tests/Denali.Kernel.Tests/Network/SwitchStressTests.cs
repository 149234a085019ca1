// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>
/// Many VMs on several workers send to each other while they are moved, killed and replaced: no frame changes, reaches
/// the wrong VM or the wrong group, and every frame is accounted for.
/// </summary>
public sealed class SwitchStressTests
{
    private const int Machines = 24;
    private const int Groups = 2;

    private static readonly NetworkOptions s_network = new();

    [Fact]
    public void ManyMachines_MovedAndKilled_LoseOnlyWhatIsCounted()
    {
        int rounds = Iterations.Of(30);
        using var kernel = new TestKernel(workers: 3);
        int wrong = 0;
        long received = 0;
        var live = new Queue<ulong>();
        var random = new Random(1);
        ulong StartOne(int number) => kernel.Start(
            slot => Guest(slot, number), network: new NetworkOptions { Group = (uint)(number % Groups) });
        for (int i = 0; i < Machines; i++)
        {
            live.Enqueue(StartOne(i));
        }

        for (int round = 0; round < rounds; round++)
        {
            long before = Volatile.Read(ref received);
            TestKernel.WaitFor(() => Volatile.Read(ref received) > before + 500, "frames arrive");
            ulong victim = live.Dequeue();
            kernel.Kernel.Kill(victim);
            kernel.Observer.WaitForEnd(victim);
            live.Enqueue(StartOne(random.Next(1000)));
        }

        foreach (ulong id in live)
        {
            kernel.Kernel.Kill(id);
        }

        kernel.Observer.WaitForEnds(live);
        Assert.Equal(0, wrong);
        NetworkCounters total = kernel.Kernel.Switch.TotalCounters();
        Assert.True(total.DroppedFor(DropReason.OtherGroup) > 0);

        // What is still on its way between workers when the last VM ends is in neither sum.
        ulong lost = total.DroppedFor(DropReason.QueueFull) + total.DroppedFor(DropReason.NoReceiveRing)
            + total.DroppedFor(DropReason.NoBuffer) + total.DroppedFor(DropReason.NotRunning)
            + total.DroppedFor(DropReason.TooLargeForRing);
        Assert.InRange(total.FramesSent, total.FramesReceived + lost, total.FramesReceived + lost + 20_000);

        IEnumerable<EngineExit> Guest(FakeSlot slot, int number)
        {
            var nic = new NicGuest(slot);
            var guestRandom = new Random(number);
            uint group = (uint)(number % Groups);
            int own = (int)(nic.Mac.Value & 0xFF_FFFF);
            while (true)
            {
                for (int i = guestRandom.Next(8); i > 0; i--)
                {
                    nic.Send(Make(own, guestRandom.Next(Machines), group, guestRandom.Next(1000)));
                }

                yield return guestRandom.Next(4) switch
                {
                    0 => slot.Idle(kernel.NowNs + 50_000),
                    1 => FakeSlot.Execute(Instruction.Yield),
                    _ => FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic),
                };
                slot.Take();
                foreach ((byte[] bytes, _) in nic.Receive())
                {
                    Interlocked.Increment(ref received);
                    Interlocked.Add(ref wrong, IsGood(bytes, own, group) ? 0 : 1);
                }
            }
        }
    }

    [Fact]
    public void HostileMachines_WithAnyRings_DisturbNobody()
    {
        int rounds = Iterations.Of(2_000);
        using var kernel = new TestKernel(workers: 2);
        int wrong = 0;
        int exchanged = 0;
        ulong[] peers = [.. Enumerable.Range(0, 2).Select(
            own => kernel.Start(slot => Peer(slot, 1 - own), network: s_network))];
        ulong[] hostile = [.. Enumerable.Range(0, 4).Select(
            seed => kernel.Start(slot => Hostile(slot, seed), network: s_network))];
        kernel.Observer.WaitForEnds(hostile);
        int after = Volatile.Read(ref exchanged);
        TestKernel.WaitFor(() => Volatile.Read(ref exchanged) > after + 100, "the others go on");
        foreach (ulong id in peers)
        {
            kernel.Kernel.Kill(id);
        }

        kernel.Observer.WaitForEnds(peers);
        Assert.Equal(0, wrong);
        Assert.True(kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.SpoofedMac) > 0);
        Assert.True(kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.BadDescriptor) > 0);

        IEnumerable<EngineExit> Peer(FakeSlot slot, int other)
        {
            var nic = new NicGuest(slot);
            while (true)
            {
                nic.Send(Make(1 - other, other, 0, 200));
                yield return slot.Idle(kernel.NowNs + 100_000);
                slot.Take();
                foreach ((byte[] bytes, _) in nic.Receive())
                {
                    Interlocked.Increment(ref exchanged);
                    Interlocked.Add(ref wrong, IsGood(bytes, 1 - other, 0) ? 0 : 1);
                }
            }
        }

        IEnumerable<EngineExit> Hostile(FakeSlot slot, int seed)
        {
            var hostileRandom = new Random(seed);
            byte[] junk = new byte[4096];
            for (int i = 0; i < rounds; i++)
            {
                _ = new NicGuest(slot, buffers: hostileRandom.Next(8));
                Scribble(slot, hostileRandom, junk);
                yield return hostileRandom.Next(3) == 0
                    ? slot.Idle(kernel.NowNs + 1_000)
                    : FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
                slot.Take();
            }

            yield return slot.Terminate(0);
        }
    }

    /// <summary>Writes anything into registers, rings, descriptors and frames; some of it makes sense.</summary>
    private static void Scribble(FakeSlot slot, Random random, byte[] junk)
    {
        random.NextBytes(junk);
        for (int i = 0; i + 32 <= junk.Length; i += 32)
        {
            // An address inside of memory, a short length, few flags.
            BinaryPrimitives.WriteUInt64LittleEndian(junk.AsSpan(i), (ulong)random.Next(0x1_0000, 0x10_0000));
            bool isPlain = random.Next(2) == 0;
            BinaryPrimitives.WriteInt32LittleEndian(junk.AsSpan(i + 8), random.Next(isPlain ? 100 : 70_000));
            BinaryPrimitives.WriteInt32LittleEndian(junk.AsSpan(i + 12), random.Next(3));
            junk.AsSpan(i + 16, isPlain ? 8 : 0).Clear();
        }

        slot.Memory.TryWrite(NicGuest.TransmitRing + 128, junk.AsSpan(0, 2048));
        slot.Memory.TryWrite(NicGuest.ReceiveRing + 128, junk.AsSpan(2048));
        MoveProducer(slot, NicGuest.TransmitRing, random.Next(70));
        MoveProducer(slot, NicGuest.ReceiveRing, random.Next(70));
        random.NextBytes(junk);
        slot.Memory.TryWrite((ulong)random.Next(0x6_0000, 0xF_0000), junk);
        switch (random.Next(8))
        {
            case 0:
                slot.Page.NicTransmitRing = (ulong)random.NextInt64();
                break;

            case 1:
                slot.Page.NicReceiveRing = (ulong)random.Next(0x11_0000);
                break;

            case 2:
                slot.Page.NicTransmitEntries = (uint)random.Next(100_000);
                break;

            case 3:
                slot.Page.NicReceiveEntries = 1u << random.Next(16);
                break;
        }
    }

    private static void MoveProducer(FakeSlot slot, ulong ring, int ahead)
    {
        byte[] index = new byte[4];
        slot.Memory.TryRead(ring + RingHeader.ConsumerOffset, index);
        slot.Memory.TryWrite(ring, BitConverter.GetBytes(BitConverter.ToInt32(index) + ahead));
    }

    /// <summary>A frame that says whom it is for, of which group it is, and what else is in it.</summary>
    private static byte[] Make(int from, int to, uint group, int bytes)
    {
        byte[] payload = new byte[16 + bytes];
        BinaryPrimitives.WriteInt32LittleEndian(payload, to);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(4), group);
        payload.AsSpan(16).Fill((byte)bytes);
        return Frames.Ipv4(from, to, payload);
    }

    private static bool IsGood(byte[] frame, int own, uint group)
    {
        ReadOnlySpan<byte> payload = frame.AsSpan(34);
        return BinaryPrimitives.ReadInt32LittleEndian(payload) == own
            && BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]) == group
            && !payload[16..].ContainsAnyExcept((byte)(payload.Length - 16));
    }
}
