// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Kernel.Tests.Swap;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Frames for a VM that has no slot wake it once, wait for it, and only as many as may; others wake
/// nobody.</summary>
public sealed class SleepingReceiverTests : IDisposable
{
    private static readonly NetworkOptions s_network = new();

    private readonly FaultySwapDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frames_ManyForOneSleepingMachine_WakeItOnceAndAllArrive(bool isSwapped)
    {
        const int Count = 100;
        using var gate = new ManualResetEventSlim();
        using var kernel = new TestKernel(slotLimit: 1, swap: _device);
        var received = new List<byte>();
        ulong id = kernel.Start(_ => Receiver(received, Count), network: s_network);
        await PutToSleepAsync(kernel, id, isSwapped);
        _device.BeforeRead = _ => gate.Wait(TestObserver.Limit);
        ulong binds = kernel.Kernel.SlotUsage.Binds;

        Inject(kernel, Count);
        gate.Set();

        kernel.Observer.WaitForEnd(id);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (byte)i), received);
        Assert.Equal(binds + 1, kernel.Kernel.SlotUsage.Binds);
        Assert.Equal(isSwapped ? 1u : 0, kernel.Kernel.MemoryUsage.SwapIns);
    }

    [Fact]
    public async Task Frames_MoreThanMayWaitForASleepingMachine_TheNewestAreDropped()
    {
        const int More = 44;
        using var gate = new ManualResetEventSlim();
        using var kernel = new TestKernel(slotLimit: 1, swap: _device);
        var received = new List<byte>();
        ulong id = kernel.Start(_ => Receiver(received, ReceiveQueues.FrameMax), network: s_network);
        await PutToSleepAsync(kernel, id, isSwapped: true);
        _device.BeforeRead = _ => gate.Wait(TestObserver.Limit);

        Inject(kernel, ReceiveQueues.FrameMax + More);
        gate.Set();

        // Whatever has not come out of the worker's way in before does so before the VM runs.
        kernel.Observer.WaitForEnd(id);
        Assert.Equal((ulong)More, kernel.Kernel.Switch.TotalCounters().DroppedFor(DropReason.QueueFull));
        Assert.Equal(Enumerable.Range(0, ReceiveQueues.FrameMax).Select(i => (byte)i), received);
    }

    [Fact]
    public async Task BroadcastsAndArp_PastSleepingMachines_WakeNone()
    {
        const int Sleepers = 10;
        using var kernel = new TestKernel(slotLimit: 2);
        ulong[] ids = [.. Enumerable.Range(0, Sleepers).Select(
            _ => kernel.Start(_ => SwapGuests.Sleeper(), network: s_network))];
        TestKernel.WaitFor(() => ids.All(id => kernel.Kernel.List(id).State == MachineState.Idle), "all idle");
        foreach (ulong id in ids)
        {
            Assert.True(await kernel.Kernel.ParkAsync(id));
        }

        ulong binds = kernel.Kernel.SlotUsage.Binds;
        ulong sender = kernel.Start(_ => Sender(), network: s_network);
        Assert.Equal(0u, kernel.Observer.WaitForEnd(sender).Code);

        Assert.True(kernel.Kernel.Switch.TotalCounters().FramesSent >= Sleepers);
        Assert.Equal(binds, kernel.Kernel.SlotUsage.Binds);
        Assert.All(ids, id => Assert.Equal(
            (Residence.Parked, MachineState.Idle), (kernel.Kernel.List(id).Residence, kernel.Kernel.List(id).State)));

        // The same senders wake one that they mean.
        Inject(kernel, 1);
        Assert.Equal((uint)InterruptBits.Nic, kernel.Observer.WaitForEnd(ids[0]).Code);

        static IEnumerable<EngineExit> Sender()
        {
            var nic = new NicGuest(FakeSlot.Here);
            for (int i = 0; i < Sleepers; i++)
            {
                byte[] broadcast = Frames.Ipv4(Sleepers, i, 30);
                Frames.WriteEthernet(
                    broadcast, SwitchAddressing.MacOf(Sleepers), MacAddress.Broadcast, EtherType.Ipv4);
                nic.Send(broadcast);
                nic.Send(Frames.ArpRequest(Sleepers, Frames.Addressing.Ipv4Of(i)));
            }

            while (nic.TransmitPending != 0)
            {
                yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            }

            yield return FakeSlot.Here.Terminate(0);
        }
    }

    private static async Task PutToSleepAsync(TestKernel kernel, ulong id, bool isSwapped)
    {
        TestKernel.WaitFor(() => kernel.Kernel.List(id).State == MachineState.Idle, "it idles");
        Assert.True(await (isSwapped ? kernel.Kernel.SwapOutAsync(id) : kernel.Kernel.ParkAsync(id)));
    }

    /// <summary>Sends numbered frames from the gateway to the first VM.</summary>
    private static void Inject(TestKernel kernel, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] frame = Frames.Ipv4(SwitchAddressing.Gateway, 0, [(byte)i, 1, 2, 3]);
            TestKernel.WaitFor(
                () => kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = frame }), "there is room");
        }
    }

    private static IEnumerable<EngineExit> Receiver(List<byte> received, int count)
    {
        var nic = new NicGuest(FakeSlot.Here);
        while (received.Count < count)
        {
            yield return FakeSlot.Here.Idle();
            FakeSlot.Here.Take();
            received.AddRange(nic.Receive().Select(
                frame => frame.Bytes[EthernetHeader.SizeBytes + Ipv4Header.SizeBytes]));
        }

        yield return FakeSlot.Here.Terminate(0);
    }
}
