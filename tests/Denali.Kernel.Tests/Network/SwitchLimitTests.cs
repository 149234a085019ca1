// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
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

/// <summary>One VM's frames do not take more than its share of time, memory or rate.</summary>
public sealed class SwitchLimitTests
{
    private static readonly NetworkOptions s_network = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Queue_OfAMachineWithoutBuffers_IsBoundedAndKeepsTheOldest(int workers)
    {
        const int Count = 1000;
        using var kernel = new TestKernel(workers);
        using var isReady = new ManualResetEventSlim();
        int sent = 0;
        var received = new List<byte[]>();
        ulong receiver = kernel.Start(Receiver, network: s_network);
        ulong sender = kernel.Start(Sender, network: s_network);
        kernel.Observer.WaitForEnds([receiver, sender]);

        Assert.Equal(ReceiveQueues.FrameMax, received.Count);
        Assert.All(received.Index(), one => Assert.Equal((byte)one.Index, one.Item[42]));
        NetworkCounters total = kernel.Kernel.Switch.TotalCounters();
        Assert.Equal((ulong)Count, total.FramesSent);
        Assert.Equal((ulong)(Count - ReceiveQueues.FrameMax), total.DroppedFor(DropReason.QueueFull));

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            var nic = new NicGuest(slot, buffers: 0);
            isReady.Set();
            while (Volatile.Read(ref sent) < Count
                || DropsOf(kernel, DropReason.QueueFull) < Count - ReceiveQueues.FrameMax)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            while (received.Count < ReceiveQueues.FrameMax)
            {
                for (int i = 0; i < 16; i++)
                {
                    nic.Offer(NicGuest.ReceiveBuffers + ((ulong)i * 2048), 2048);
                }

                yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
                received.AddRange(nic.Receive(offerAgain: false).Select(one => one.Bytes));
            }

            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot, buffers: 0);
            while (!isReady.IsSet)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            for (int i = 0; i < Count; i++)
            {
                byte[] payload = new byte[20];
                payload[8] = (byte)i;
                while (!nic.Send(Frames.Ipv4(1, 0, payload)))
                {
                    yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
                }

                Volatile.Write(ref sent, i + 1);
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Queue_OfAMachineThatEnds_IsGivenBack()
    {
        using var kernel = new TestKernel();
        using var isReady = new ManualResetEventSlim();
        ulong receiver = kernel.Start(Receiver, network: s_network);
        ulong sender = kernel.Start(Sender, network: s_network);
        kernel.Observer.WaitForEnd(sender);
        TestKernel.WaitFor(() => kernel.Kernel.Switch.BuffersInUse == 1, "the frame waits");
        Assert.True(kernel.Kernel.Switch.TryGetCounters(receiver, out _));
        kernel.Kernel.Kill(receiver);
        kernel.Observer.WaitForEnd(receiver);

        Assert.Equal(0, kernel.Kernel.Switch.BuffersInUse);
        Assert.False(kernel.Kernel.Switch.TryGetCounters(receiver, out _));
        Assert.Equal(1u, kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.NotRunning));

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            _ = new NicGuest(slot, buffers: 0);
            isReady.Set();
            while (true)
            {
                yield return slot.Idle();
                slot.Take();
            }
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            while (!isReady.IsSet)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            nic.Send(Frames.Ipv4(1, 0, 100));
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void FrameThatDoesNotFit_WhenItsMachineIdles_IsDroppedAndTheNextArrives()
    {
        using var kernel = new TestKernel();
        byte[] small = Frames.Ipv4(0, 0, 20);
        var received = new List<byte[]>();
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: s_network));

        Assert.Equal([small], received);
        Assert.Equal(1u, kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.TooLargeForRing));

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot, buffers: 1, bufferBytes: 100);
            nic.Send(Frames.Ipv4(0, 0, 1000));
            nic.Send(small);
            while (received.Count == 0)
            {
                yield return slot.Idle();
                slot.Take();
                received.AddRange(nic.Receive().Select(one => one.Bytes));
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void FullRing_WhenItIsRead_PostsTheInterrupt()
    {
        using var kernel = new TestKernel();
        var pending = new List<InterruptBits>();
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: s_network));

        Assert.Equal([InterruptBits.None, InterruptBits.Nic], pending);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            foreach (uint count in new[] { NicGuest.Entries - 1, NicGuest.Entries })
            {
                for (int i = 0; i < count; i++)
                {
                    Assert.True(nic.Send(Frames.Ipv4(0, 5, 10)));
                }

                yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
                Assert.Equal(0u, nic.TransmitPending);
                pending.Add(slot.Take());
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void RateLimit_HoldsFramesBackAndDropsNone()
    {
        const int Count = 60;
        using var kernel = new TestKernel();
        var port = new RecordingPort();
        kernel.Kernel.Switch.GatewayPort = port;
        ulong start = 0;
        ulong end = 0;
        var options = new NetworkOptions { FramesPerSecond = 1000, BurstFrames = 10 };
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: options));

        Assert.Equal(Count, port.Frames.Count);
        Assert.True(end - start >= (Count - 10) * 1_000_000, $"{Count} frames took {end - start} ns");

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            for (int i = 0; i < Count; i++)
            {
                nic.Send(Frames.Ipv4(0, SwitchAddressing.Gateway, 10 + i));
            }

            start = kernel.NowNs;
            while (nic.TransmitPending != 0)
            {
                yield return slot.Idle(kernel.NowNs + 1_000_000);
                slot.Take();
            }

            end = kernel.NowNs;
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void FullRings_OfSeveralMachines_AreReadInTurns()
    {
        const int Machines = 4;
        using var kernel = new TestKernel();
        var port = new RecordingPort();
        kernel.Kernel.Switch.GatewayPort = port;
        int ready = 0;
        ulong[] ids = [.. Enumerable.Range(0, Machines).Select(
            i => kernel.Start(slot => Guest(slot, i), network: s_network))];
        kernel.Observer.WaitForEnds(ids);

        // A turn is a quantum and what was left of the one before: never more than nine frames of 60,000 bytes.
        ulong[] order = [.. port.Frames.Select(frame => frame.MachineId)];
        Assert.Equal(Machines * (int)NicGuest.Entries, order.Length);
        int longest = 0;
        int run = 0;

        // From when all have begun until all but one have ended.
        int first = ids.Max(id => Array.IndexOf(order, id));
        int last = ids.Order().Select(id => Array.LastIndexOf(order, id)).Order().ElementAt(Machines - 2);
        Assert.InRange(last - first, (int)NicGuest.Entries, order.Length);
        for (int i = first + 1; i <= last; i++)
        {
            run = order[i] == order[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        Assert.InRange(longest, 1, 9);

        IEnumerable<EngineExit> Guest(FakeSlot slot, int index)
        {
            var nic = new NicGuest(slot);
            byte[] frame = LargeFrame(index);
            slot.Memory.TryWrite(0x8_0000, frame);
            Interlocked.Increment(ref ready);
            while (Volatile.Read(ref ready) < Machines)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            for (int i = 0; i < NicGuest.Entries; i++)
            {
                SendLarge(nic, frame.Length);
            }

            while (nic.TransmitPending != 0)
            {
                yield return slot.Idle();
                slot.Take();
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Backlog_OfAMachine_IsChargedToItAndNotToTheOneThatRuns()
    {
        using var kernel = new TestKernel();
        kernel.Kernel.Switch.GatewayPort = new RecordingPort { OnFrame = () => Spin(kernel, 1_000_000) };
        bool isDone = false;
        using var isReady = new ManualResetEventSlim();
        ulong startNs = kernel.NowNs;
        ulong runner = kernel.Start(Runner, network: s_network);
        ulong sender = kernel.Start(Sender, network: s_network);
        ulong senderNs = kernel.Observer.WaitForEnd(sender).CpuNs;
        ulong runnerNs = kernel.Observer.WaitForEnd(runner).CpuNs;

        // 64 frames of a millisecond each, of which the first turn is at the sender's own exit.
        Assert.InRange(senderNs, 40_000_000u, ulong.MaxValue);

        // One worker has one core's time: what is charged twice is more than has passed.
        Assert.InRange(senderNs + runnerNs, senderNs, kernel.NowNs - startNs);

        IEnumerable<EngineExit> Runner(FakeSlot slot)
        {
            isReady.Set();
            while (!Volatile.Read(ref isDone))
            {
                yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            }

            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            while (!isReady.IsSet)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            byte[] frame = LargeFrame(1);
            slot.Memory.TryWrite(0x8_0000, frame);
            for (int i = 0; i < NicGuest.Entries; i++)
            {
                SendLarge(nic, frame.Length);
            }

            while (nic.TransmitPending != 0)
            {
                yield return slot.Idle();
                slot.Take();
            }

            Volatile.Write(ref isDone, true);
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void FullWayToAnotherWorker_HoldsFramesBackInTheSendersRing()
    {
        const int Count = (int)NicGuest.Entries;
        using var kernel = new TestKernel(workers: 2);
        using var isReady = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        uint heldBack = 0;
        ulong receiver = kernel.Start(Receiver, network: s_network);
        ulong sender = kernel.Start(Sender, network: s_network);
        kernel.Observer.WaitForEnd(sender);
        TestKernel.WaitFor(
            () => kernel.Kernel.Switch.TotalCounters() is { } total
                && total.FramesReceived + total.DroppedFor(DropReason.QueueFull) == Count,
            "all frames are received or counted");
        kernel.Kernel.Kill(receiver);
        kernel.Observer.WaitForEnd(receiver);

        // The way is two mebibytes: 34 of these frames.
        Assert.InRange(heldBack, Count - 34u, Count - 1u);
        Assert.Equal((ulong)Count, kernel.Kernel.Switch.TotalCounters().FramesSent);

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            isReady.Set();

            // Its worker's thread does not come back until then.
            TestKernel.WaitFor(mayGoOn, "the sender is held back");
            while (true)
            {
                yield return slot.Idle();
                slot.Take();
                nic.Receive();
            }
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            while (!isReady.IsSet)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            byte[] frame = LargeFrame(1);
            SwitchAddressing.MacOf(0).Write(frame);
            slot.Memory.TryWrite(0x8_0000, frame);
            for (int i = 0; i < Count; i++)
            {
                SendLarge(nic, frame.Length);
            }

            for (int i = 0; i < 100; i++)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            heldBack = nic.TransmitPending;
            mayGoOn.Set();
            while (nic.TransmitPending != 0)
            {
                yield return slot.Idle();
                slot.Take();
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Inject_WhereThereIsNoRoom_IsRefusedAndToldWhenThereIs()
    {
        using var kernel = new TestKernel(workers: 2);
        var port = new RecordingPort();
        kernel.Kernel.Switch.GatewayPort = port;
        using var isReady = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        ulong id = kernel.Start(Receiver, network: s_network);
        TestKernel.WaitFor(isReady, "the VM is ready");
        byte[] frame = LargeFrame(SwitchAddressing.Gateway);
        SwitchAddressing.MacOf(0).Write(frame);
        int accepted = 0;
        while (kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = frame }))
        {
            accepted++;
        }

        Assert.InRange(accepted, 1, 34);
        Assert.Equal(0, port.RoomCount);
        mayGoOn.Set();
        TestKernel.WaitFor(() => port.RoomCount == 1, "the port is told");
        Assert.True(kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = frame }));
        kernel.Kernel.Kill(id);
        kernel.Observer.WaitForEnd(id);

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            isReady.Set();
            TestKernel.WaitFor(mayGoOn, "the way is full");
            while (true)
            {
                yield return slot.Idle();
                slot.Take();
                nic.Receive();
            }
        }
    }

    [Fact]
    public void AnswerOfThePort_OnTheWorkersThread_ReachesTheSender()
    {
        using var kernel = new TestKernel(2);
        byte[] answer = Frames.Ipv4(SwitchAddressing.Gateway, 0, 40);
        kernel.Kernel.Switch.GatewayPort = new RecordingPort
        {
            OnFrame = () => Assert.True(kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = answer })),
        };
        var received = new List<byte[]>();
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: s_network));

        Assert.Equal([answer], received);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            nic.Send(Frames.Ipv4(0, SwitchAddressing.Gateway, 30));
            while (received.Count == 0)
            {
                yield return slot.Idle();
                slot.Take();
                received.AddRange(nic.Receive().Select(one => one.Bytes));
            }

            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Inject_FromAThreadAndThenFromAWorker_KeepsTheOrder(int workers)
    {
        using var kernel = new TestKernel(workers: workers);
        byte[] first = Frames.Ipv4(SwitchAddressing.Gateway, 0, 40);
        byte[] second = Frames.Ipv4(SwitchAddressing.Gateway, 0, 50);
        kernel.Kernel.Switch.GatewayPort = new RecordingPort
        {
            OnFrame = () =>
            {
                // The host's stack sends from whichever thread has it, one after the other.
                var other = new Thread(() =>
                    Assert.True(kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = first })));
                other.Start();
                other.Join();
                Assert.True(kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = second }));
            },
        };
        var received = new List<byte[]>();
        ulong[] machines = new ulong[workers];
        machines[0] = kernel.Start(Guest, network: s_network);
        for (int i = 1; i < workers; i++)
        {
            // On the other worker, where the host's answer to another VM comes from.
            machines[i] = kernel.Start(Sender, network: s_network);
        }

        kernel.Observer.WaitForEnds(machines);
        Assert.Equal([first, second], received.Take(2));

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            if (workers == 1)
            {
                nic.Send(Frames.Ipv4(0, SwitchAddressing.Gateway, 30));
            }

            while (received.Count < 2)
            {
                yield return slot.Idle();
                slot.Take();
                received.AddRange(nic.Receive().Select(one => one.Bytes));
            }

            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            nic.Send(Frames.Ipv4(1, SwitchAddressing.Gateway, 30));
            yield return slot.Idle(kernel.NowNs);
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Inject_FromAnotherThread_WakesTheMachineWithAllPieces()
    {
        using var kernel = new TestKernel(2);
        byte[] frame = Frames.Ipv4(SwitchAddressing.Gateway, 0, 400);
        using var isReady = new ManualResetEventSlim();
        var received = new List<byte[]>();
        ulong id = kernel.Start(Guest, network: s_network);
        TestKernel.WaitFor(isReady, "the VM is ready");
        for (int i = 0; i < 10; i++)
        {
            Assert.True(kernel.Kernel.Switch.TryInject(new OutgoingFrame
            {
                Headers = frame.AsSpan(0, 42),
                Payload = frame.AsSpan(42, 100 + i),
                PayloadTail = frame.AsSpan(142 + i),
            }));
        }

        kernel.Observer.WaitForEnd(id);
        Assert.Equal(Enumerable.Repeat(frame, 10), received);

        // For nobody now: dropped, as on any wire.
        Assert.True(kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = frame }));

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            isReady.Set();
            while (received.Count < 10)
            {
                yield return slot.Idle();
                slot.Take();
                received.AddRange(nic.Receive().Select(one => one.Bytes));
            }

            yield return slot.Terminate(0);
        }
    }

    private static void Spin(TestKernel kernel, ulong durationNs)
    {
        ulong end = kernel.NowNs + durationNs;
        while (kernel.NowNs < end)
        {
        }
    }

    internal static void SendLarge(NicGuest nic, int bytes) => nic.SendDescriptor(new NicDescriptor
    {
        Address = 0x8_0000,
        LengthBytes = (uint)bytes,
        Flags = NicFlags.ChecksumPartial,
        ChecksumStart = 34,
        ChecksumOffset = 16,
        SegmentBytes = 1460,
        HeaderBytes = 54,
    });

    private static ulong DropsOf(TestKernel kernel, DropReason reason) =>
        kernel.Kernel.Switch.TotalCounters().DroppedFor(reason);

    internal static byte[] LargeFrame(int from)
    {
        byte[] payload = new byte[60_000];
        payload[12] = 5 << 4;
        return Frames.Ipv4(from, SwitchAddressing.Gateway, payload, IpProtocol.Tcp);
    }

    private sealed class RecordingPort : IKernelPort
    {
        private int _roomCount;

        internal ConcurrentQueue<(ulong MachineId, int Bytes)> Frames { get; } = new();

        internal Action OnFrame { get; init; } = () => { };

        internal int RoomCount => Volatile.Read(ref _roomCount);

        public void OnRoom() => Interlocked.Increment(ref _roomCount);

        public void Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong machineId)
        {
            Frames.Enqueue((machineId, frame.Length));
            OnFrame();
        }
    }
}
