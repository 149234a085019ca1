// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Frames reach the VM that they are for, on the same worker and on another, whatever it does.</summary>
public sealed class SwitchTests : IDisposable
{
    private static readonly NetworkOptions s_network = new();

    private readonly Dictionary<int, TestKernel> _kernels = [];

    public void Dispose()
    {
        foreach (TestKernel kernel in _kernels.Values)
        {
            kernel.Dispose();
        }
    }

    [Fact]
    public void Registers_OfAMachineWithNetwork_TellItsAddresses()
    {
        RegisterPage page = default;
        TestKernel kernel = KernelWith(1);
        kernel.Observer.WaitForEnd(kernel.Start(
            slot =>
            {
                page = slot.Page;
                return [slot.Terminate(0)];
            },
            network: s_network));

        Assert.Equal(FeatureBits.Console | FeatureBits.Nic, page.Features);
        Assert.Equal(1500u, page.Mtu);
        Assert.Equal(0x0000_6E64_02u, page.MacAddress & 0xFF_FFFF_FFFF);
        Assert.Equal(0x0000_010Au, page.Ipv4Address);
        Assert.Equal(0x0100_000Au, page.Ipv4Gateway);
        Assert.Equal(8u, page.Ipv4PrefixLength);
        Assert.Equal(0x0069_6C61_6E65_64FDu, page.Ipv6Address0);
        Assert.Equal(0x0000_0100_0000_0000u, page.Ipv6Address1);
        Assert.Equal(page.Ipv6Address0, page.Ipv6Gateway0);
        Assert.Equal(0x0100_0000_0000_0000u, page.Ipv6Gateway1);
        Assert.Equal(64u, page.Ipv6PrefixLength);
    }

    [Fact]
    public void Registers_WithoutNetwork_AreEmpty()
    {
        RegisterPage page = default;
        KernelWith(1).Run(slot =>
        {
            page = slot.Page;
            return [slot.Terminate(0)];
        });

        Assert.Equal(FeatureBits.Console, page.Features);
        Assert.Equal(0u, page.MacAddress);
        Assert.Equal(0u, page.Ipv4Address);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 64)]
    [InlineData(1, 1400)]
    [InlineData(2, 1400)]
    public void Frames_ToAnIdleMachine_WakeItAndArriveInOrder(int workers, int payloadBytes)
    {
        const int Count = 20;
        byte[][] frames = [.. Enumerable.Range(0, Count).Select(i => Frames.Ipv4(1, 0, payloadBytes + i))];
        var pending = InterruptBits.None;
        List<byte[]> received = Exchange(workers, frames, bits => pending |= bits);

        Assert.Equal(frames, received);
        Assert.Equal(InterruptBits.Nic, pending);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Counters_OfSenderAndReceiver_Agree(int workers)
    {
        byte[][] frames = [.. Enumerable.Range(0, 10).Select(i => Frames.Ipv4(1, 0, 100 + i))];
        ulong bytes = (ulong)frames.Sum(frame => frame.Length);
        TestKernel kernel = KernelWith(workers);
        Exchange(workers, frames, _ => { });

        NetworkCounters total = kernel.Kernel.Switch.TotalCounters();
        Assert.Equal(10u, total.FramesSent);
        Assert.Equal(bytes, total.BytesSent);
        Assert.Equal(10u, total.FramesReceived);
        Assert.Equal(bytes, total.BytesReceived);
        Assert.Equal(0u, total.Dropped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void LargeFrame_WithOffload_ArrivesUnchangedInSeveralBuffers(int workers)
    {
        const int Headers = 14 + 20 + 20;
        byte[] payload = new byte[60_000];
        new Random(1).NextBytes(payload);
        payload[12] = 5 << 4;
        byte[] frame = Frames.Ipv4(1, 0, payload, IpProtocol.Tcp);
        var offload = new FrameOffload
        {
            IsChecksumPartial = true,
            ChecksumStart = 34,
            ChecksumOffset = 16,
            SegmentBytes = 1460,
            HeaderBytes = Headers,
        };
        TestKernel kernel = KernelWith(workers);
        List<(byte[] Bytes, FrameOffload Offload)> received = [];
        using var ready = new ManualResetEventSlim();
        ulong receiver = kernel.Start(Receiver, network: s_network);
        ulong sender = kernel.Start(Sender, network: s_network);
        kernel.Observer.WaitForEnds([receiver, sender]);

        (byte[] bytes, FrameOffload arrived) = Assert.Single(received);
        Assert.Equal(frame, bytes);
        Assert.Equal(offload, arrived);

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            ready.Set();
            while (received.Count == 0)
            {
                yield return slot.Idle();
                slot.Take();
                received.AddRange(nic.Receive());
            }

            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot, buffers: 0);
            while (!ready.IsSet)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            nic.Send(frame, offload, 0x8_0000);
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Frame_InPieces_IsOne()
    {
        byte[] frame = Frames.Ipv4(0, 0, 500);
        TestKernel kernel = KernelWith(1);
        List<byte[]> received = [];
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: s_network));

        Assert.Equal([frame], received);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            int at = 0;
            foreach (int length in new[] { 1, 13, 20, 400, frame.Length - 434 })
            {
                ulong address = 0x6_0000 + (ulong)(at * 3);
                slot.Memory.TryWrite(address, frame.AsSpan(at, length));
                at += length;
                nic.SendDescriptor(new NicDescriptor
                {
                    Address = address,
                    LengthBytes = (uint)length,
                    Flags = at == frame.Length ? NicFlags.None : NicFlags.More,
                });

                // The frame is not complete before its last piece is there.
                yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
                received.AddRange(nic.Receive().Select(one => one.Bytes));
                Assert.Equal(at == frame.Length ? 1 : 0, received.Count);
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void FrameOfAMachine_ThatEndsAtOnce_StillArrives()
    {
        byte[] frame = Frames.Ipv4(1, 0, 100);
        Assert.Equal([frame], Exchange(1, [frame], _ => { }));
    }

    [Fact]
    public void Frame_ForAMachineThatItsWorkerHasNotTakenOnYet_WaitsForIt()
    {
        byte[] frame = Frames.Ipv4(0, 1, 100);
        TestKernel kernel = KernelWith(1);
        using var isSending = new ManualResetEventSlim();
        using var isCreated = new ManualResetEventSlim();
        ulong sender = kernel.Start(Sender, network: s_network);
        TestKernel.WaitFor(isSending, "the sender holds the worker");

        // The receiver's rings are there before it runs, as in a VM that is made from a snapshot.
        NicGuest? nic = null;
        List<byte[]> received = [];
        kernel.Engine.AfterBind = () => nic = new NicGuest(kernel.Engine.Slots.Last());
        ulong receiver = kernel.Start(Receiver, network: s_network);
        isCreated.Set();
        kernel.Observer.WaitForEnds([sender, receiver]);

        Assert.Equal([frame], received);
        Assert.Equal(0u, kernel.Kernel.Switch.TotalCounters().Dropped);

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var own = new NicGuest(slot);
            isSending.Set();
            TestKernel.WaitFor(isCreated, "the receiver is created");
            own.Send(frame);
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            received.AddRange(nic!.Receive().Select(one => one.Bytes));
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Groups_OfDifferentNumbers_ExchangeNothing()
    {
        TestKernel kernel = KernelWith(1);
        int received = -1;
        using var sent = new ManualResetEventSlim();
        ulong receiver = kernel.Start(Receiver, network: new NetworkOptions { Group = 1 });
        ulong sender = kernel.Start(
            slot => Sender(slot, Frames.Ipv4(1, 0, 100)), network: new NetworkOptions { Group = 2 });
        kernel.Observer.WaitForEnds([receiver, sender]);

        Assert.Equal(0, received);
        Assert.Equal(1u, kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.OtherGroup));

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            while (!sent.IsSet)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            received = nic.Receive().Count;
            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot, byte[] frame)
        {
            var nic = new NicGuest(slot);
            nic.Send(frame);
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            sent.Set();
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void UntouchedBuffers_AreCommittedAndChargedWhenTheyAreFilled()
    {
        byte[] frame = Frames.Ipv4(0, 0, 100);
        TestKernel kernel = KernelWith(1);
        var charged = new List<bool>();
        MachineExit exit = kernel.Observer.WaitForEnd(kernel.Start(Guest, network: s_network));

        Assert.Equal([false, true], charged);
        Assert.Equal(0x4000u + (2u * AddressMap.ChunkBytes), exit.ChargedBytes);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            // The rings' chunk, and then the buffers' chunk, are there once they were committed.
            slot.Access = (address, _, _) => address < 0x3_0000 || slot.IsCommitted(address)
                || address - NicGuest.TransmitBuffers < AddressMap.ChunkBytes;
            var nic = new NicGuest(slot);
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            charged.Add(slot.IsCommitted(NicGuest.ReceiveBuffers));
            nic.Send(frame);
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            charged.Add(slot.IsCommitted(NicGuest.ReceiveBuffers));
            Assert.Single(nic.Receive());
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void FirstTouch_OfAChunkThatTheSwitchWants_IsNoFault()
    {
        TestKernel kernel = KernelWith(1);
        MachineExit exit = kernel.Observer.WaitForEnd(kernel.Start(Guest, network: s_network));

        Assert.Equal(ExitCause.Terminated, exit.Cause);

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Access = (address, _, _) => slot.IsCommitted(address);
            _ = new NicGuest(slot);
            yield return FakeSlot.Touch(NicGuest.TransmitRing + 0x3000);
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void UntouchedBuffers_BeyondTheLimit_EndTheMachine()
    {
        TestKernel kernel = KernelWith(1);
        MachineExit exit = kernel.Observer.WaitForEnd(
            kernel.Start(Guest, limitBytes: 0x4000 + AddressMap.ChunkBytes, network: s_network));

        Assert.Equal(ExitCause.OutOfMemory, exit.Cause);

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Access = (address, _, _) => slot.IsCommitted(address)
                || address - NicGuest.TransmitBuffers < AddressMap.ChunkBytes;
            var nic = new NicGuest(slot);
            nic.Send(Frames.Ipv4(0, 0, 100));
            while (true)
            {
                yield return slot.Idle();
            }
        }
    }

    private TestKernel KernelWith(int workers)
    {
        if (!_kernels.TryGetValue(workers, out TestKernel? kernel))
        {
            kernel = new TestKernel(workers);
            _kernels.Add(workers, kernel);
        }

        return kernel;
    }

    /// <summary>Lets VM 1 send to VM 0, which idles, and ends when it has everything.</summary>
    private List<byte[]> Exchange(int workers, byte[][] frames, Action<InterruptBits> onWake)
    {
        TestKernel kernel = KernelWith(workers);
        var received = new List<byte[]>();
        int isReady = 0;
        ulong receiver = kernel.Start(Receiver, network: s_network);
        ulong sender = kernel.Start(Sender, network: s_network);
        kernel.Observer.WaitForEnds([receiver, sender]);
        return received;

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            Volatile.Write(ref isReady, 1);
            while (received.Count < frames.Length)
            {
                yield return slot.Idle();
                onWake(slot.Take());
                received.AddRange(nic.Receive().Select(one => one.Bytes));
            }

            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            while (Volatile.Read(ref isReady) == 0)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            foreach (byte[] frame in frames)
            {
                Assert.True(nic.Send(frame));
            }

            yield return slot.Terminate(0);
        }
    }
}
