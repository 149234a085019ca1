// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>Memory is charged when it is first touched, up to the VM's limit and the machine's.</summary>
public sealed class MemoryTests
{
    private const ulong Heap = 0x3_0000;

    [Fact]
    public void Touch_EveryChunk_IsChargedOnce()
    {
        using var kernel = new TestKernel();
        MachineExit exit = kernel.Run(Guest);

        Assert.Equal(ExitCause.Terminated, exit.Cause);
        Assert.Equal(0x4000 + (5UL * AddressMap.ChunkBytes), exit.ChargedBytes);

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            for (ulong chunk = 0; chunk < 5; chunk++)
            {
                yield return FakeSlot.Touch(Heap + (chunk * AddressMap.ChunkBytes) + 123);
            }

            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(0x4000ul, 0)]
    [InlineData(0x13FFFul, 0)]
    [InlineData(0x14000ul, 1)]
    [InlineData(0x24000ul, 2)]
    [InlineData(0x33FFFul, 2)]
    public void Touch_BeyondTheLimit_EndsOutOfMemory(ulong limitBytes, int chunks)
    {
        using var kernel = new TestKernel();
        MachineExit exit = kernel.Run(TouchAll, limitBytes);

        Assert.Equal(ExitCause.OutOfMemory, exit.Cause);
        Assert.Equal(0x4000 + ((ulong)chunks * AddressMap.ChunkBytes), exit.ChargedBytes);
    }

    [Fact]
    public void Touch_MachineHasNoMoreMemory_EndsOutOfMemory()
    {
        using var kernel = new TestKernel(gatekeeper: new CountingGatekeeper { MemoryLimit = 0x30000 });

        Assert.Equal(ExitCause.OutOfMemory, kernel.Run(TouchAll).Cause);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(0x2_0000ul)]
    [InlineData(TestKernel.MemoryBytes)]
    [InlineData(ulong.MaxValue)]
    public void Touch_OutsideOfHeapAndStacks_IsAFault(ulong address)
    {
        using var kernel = new TestKernel();
        MachineExit exit = kernel.Run(slot =>
        {
            slot.Access = (_, _, _) => false;
            slot.Fault(new EngineFault { Vector = 14, Address = address });
            return [FakeSlot.Touch(address)];
        });

        Assert.Equal(ExitCause.Faulted, exit.Cause);
        Assert.Equal(14, exit.Fault!.Vector);
        Assert.Equal(address, exit.Fault.Address);
    }

    [Fact]
    public void Touch_TheSameChunkAgain_IsAFault()
    {
        // The engine has mapped it: that the guest faults there again is its own doing (a write to what is read-only).
        using var kernel = new TestKernel();
        MachineExit exit = kernel.Run(slot =>
        {
            slot.Fault(new EngineFault { Vector = 14, ErrorCode = 7, Address = Heap });
            return [FakeSlot.Touch(Heap), FakeSlot.Touch(Heap)];
        });

        Assert.Equal(ExitCause.Faulted, exit.Cause);
        Assert.Equal(14, exit.Fault!.Vector);
    }

    [Fact]
    public void Touch_ReportedAfterTheSwitchHasCommittedTheChunk_IsNoFault()
    {
        // A kick may come between the fault and its report: then the switch sees the rings first.
        using var kernel = new TestKernel();
        MachineExit exit = kernel.Run(Guest, network: new NetworkOptions());

        Assert.Equal(ExitCause.Terminated, exit.Cause);
        Assert.Equal(0x4000u + AddressMap.ChunkBytes, exit.ChargedBytes);

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Access = (address, _, _) => slot.IsCommitted(address);
            slot.Fault(new EngineFault { Vector = 14, ErrorCode = 6, Address = NicGuest.TransmitRing });
            slot.Page.NicTransmitEntries = NicGuest.Entries;
            slot.Page.NicTransmitRing = NicGuest.TransmitRing;
            yield return new EngineExit(EngineExitKind.Interrupted);
            Assert.True(slot.IsCommitted(NicGuest.TransmitRing));
            yield return FakeSlot.Touch(NicGuest.TransmitRing);
            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(0x14000ul, ExitCause.Terminated)]
    [InlineData(0x13FFFul, ExitCause.OutOfMemory)]
    public void Upcall_FrameOnAnUntouchedPage_IsCommittedAndCharged(ulong limitBytes, ExitCause cause)
    {
        using var kernel = new TestKernel();
        bool started = false;
        MachineExit exit = kernel.Run(Guest, limitBytes);

        Assert.Equal(cause, exit.Cause);
        Assert.Equal(cause == ExitCause.Terminated, started);
        Assert.Equal(cause == ExitCause.Terminated ? 0x14000u : 0x4000u, exit.ChargedBytes);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Access = (address, _, _) => slot.IsCommitted(address);
            slot.Registers = new GuestRegisters { Rip = AddressMap.ImageBase, Rsp = Heap + 0x1000 };
            slot.Page.UpcallEntry = AddressMap.ImageBase;
            slot.Page.InterruptEnable = 1;
            slot.Page.PendingInterrupts = InterruptBits.Timer;
            yield return new EngineExit(EngineExitKind.Interrupted);
            started = slot.Page.InterruptEnable == 0;
            slot.Access = null;
            yield return slot.Terminate(0);
        }
    }

    private static IEnumerable<EngineExit> TouchAll(FakeSlot slot)
    {
        for (ulong address = Heap; address < TestKernel.MemoryBytes; address += AddressMap.ChunkBytes)
        {
            yield return FakeSlot.Touch(address);
        }

        yield return slot.Terminate(0);
    }
}
