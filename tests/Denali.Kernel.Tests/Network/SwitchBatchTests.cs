// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Frames go in large batches: few exits for many frames, and nobody waits for ever.</summary>
public sealed class SwitchBatchTests
{
    private const ulong FrameAddress = 0x8_0000;

    private static readonly NetworkOptions s_network = new();

    [Fact]
    public void WholeRing_OfAMachineThatIsAlone_IsSentAtOneExit()
    {
        // More than its share, less than it may send alone.
        const int Count = (WorkerNetwork.AloneBytes / (int)NicDescriptor.FrameMaxBytes) - 2;
        using var kernel = new TestKernel();
        uint pending = uint.MaxValue;
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: s_network));

        Assert.Equal(0u, pending);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            byte[] frame = SwitchLimitTests.LargeFrame(0);
            slot.Memory.TryWrite(FrameAddress, frame);
            for (int i = 0; i < Count; i++)
            {
                SwitchLimitTests.SendLarge(nic, frame.Length);
            }

            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            pending = nic.TransmitPending;
            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FramesForAMachineThatNeverLeavesByItself_AllReachIt(int workers)
    {
        const int Count = 200;
        using var kernel = new TestKernel(workers);
        int received = 0;
        bool isReady = false;
        ulong receiver = kernel.Start(Receiver, network: s_network);
        ulong sender = kernel.Start(Sender, network: s_network);
        kernel.Observer.WaitForEnds([receiver, sender]);

        Assert.Equal(Count, received);

        IEnumerable<EngineExit> Receiver(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            Volatile.Write(ref isReady, true);
            while (received < Count)
            {
                yield return FakeSlot.Spin();
                slot.Take();
                Volatile.Write(ref received, received + nic.Receive().Count);
            }

            yield return slot.Terminate(0);
        }

        // The next frame comes when the last one was seen, mostly while the receiver is left alone because of it.
        IEnumerable<EngineExit> Sender(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            while (!Volatile.Read(ref isReady))
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            for (int sent = 0; sent < Count; sent++)
            {
                Assert.True(nic.Send(Frames.Ipv4(1, 0, 10)));
                while (Volatile.Read(ref received) <= sent)
                {
                    yield return FakeSlot.Execute(Instruction.Yield);
                }
            }

            yield return slot.Terminate(0);
        }
    }
}
