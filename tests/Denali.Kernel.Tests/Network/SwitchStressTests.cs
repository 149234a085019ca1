// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
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
