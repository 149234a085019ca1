// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>
/// The path of an exit allocates nothing: the collector must not stop a worker because of its guests.
/// </summary>
public sealed class AllocationTests
{
    private const int Warmup = 1_000;
    private const int Exits = 100_000;

    [Fact]
    public void Exits_OfEveryOrdinaryKind_AllocateNothing()
    {
        using var observer = new CountingObserver();
        using var kernel = new TestKernel();
        long allocated = -1;
        ulong id = kernel.Start(Guest, limitBytes: 1UL << 40, observer: observer);

        // A second VM that yields keeps the queues in use.
        ulong other = kernel.Start(Yielder, observer: observer);
        observer.WaitForEnds(2);

        Assert.Equal(0, allocated);
        Assert.True(observer.Bytes > Exits / 10, $"{observer.Bytes} bytes printed by {id} and {other}");

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            long before = 0;
            for (int i = 0; i < Exits; i++)
            {
                if (i == Warmup)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }

                yield return Step(slot, i);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Yielder(FakeSlot slot)
        {
            while (allocated < 0)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            yield return slot.Terminate(0);
        }
    }

    private static EngineExit Step(FakeSlot slot, int number)
    {
        slot.Take();
        switch (number % 16)
        {
            case 0:
                return slot.Idle(0);
            case 1:
                return FakeSlot.Execute(Instruction.Yield);
            case 2:
                slot.Print("some output"u8);
                return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Console);
            case 3:
                // Parks the VM and lets the timer wheel wake it.
                return slot.Idle(slot.Engine.Clock.NowNs + 1_000);
            case 4:
                slot.ForgetCommitted();
                return FakeSlot.Touch(0x4_0000);
            case 5:
                slot.Page.TimerDeadlineNs = slot.Engine.Clock.NowNs + 1_000;
                return FakeSlot.Execute(Instruction.Doorbell);
            case 6:
                return new EngineExit(EngineExitKind.Interrupted);
            case 7:
                return FakeSlot.Execute(Instruction.Ready);
            default:
                return FakeSlot.Execute(Instruction.Doorbell);
        }
    }

    private sealed class CountingObserver : IMachineObserver, IDisposable
    {
        private readonly System.Threading.CountdownEvent _ends = new(2);

        internal long Bytes { get; private set; }

        public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output)
        {
            Bytes += output.Length;
            return output.Length;
        }

        public void OnEnded(MachineExit exit) => _ends.Signal();

        public void Dispose() => _ends.Dispose();

        internal void WaitForEnds(int count) =>
            Assert.True(_ends.Wait(TestObserver.Limit), $"{count} VMs did not end within {TestObserver.Limit}");
    }
}
