// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>From creation to every kind of end, on a scripted engine.</summary>
public sealed class LifeTests : IDisposable
{
    private readonly TestKernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Theory]
    [InlineData(0ul, 0u)]
    [InlineData(7ul, 7u)]
    [InlineData(0x1_2345_6789ul, 0x2345_6789u)]
    public void Terminate_Code_IsReported(ulong code, uint reported)
    {
        MachineExit exit = _kernel.Run(slot => [slot.Terminate(code)]);

        Assert.Equal(ExitCause.Terminated, exit.Cause);
        Assert.Equal(reported, exit.Code);
        Assert.Null(exit.Fault);
        Assert.Equal(1u, exit.ExitCount);
        Assert.Equal(0x4000u, exit.ChargedBytes);
    }

    [Fact]
    public void Create_RegisterPage_SaysWhoAndWhatItIs()
    {
        RegisterPage page = default;
        byte[] arguments = new byte[32];
        using LoadedImage image = _kernel.Load(slot =>
        {
            page = slot.Page;
            Assert.True(slot.Memory.TryRead(page.ArgumentsAddress, arguments));
            return [slot.Terminate(0)];
        });
        ulong id = _kernel.Kernel.Create(new MachineOptions
        {
            Image = image,
            Observer = _kernel.Observer,
            Arguments = ["hello", "", "w\u00f6rld"],
        });
        _kernel.Observer.WaitForEnd(id);

        Assert.Equal(RegisterPage.CurrentVersion, page.ArchitectureVersion);
        Assert.Equal(FeatureBits.Console, page.Features);
        Assert.Equal(id, page.MachineId);
        Assert.NotEqual(0u, page.Generation);
        Assert.Equal(TestKernel.MemoryBytes, page.MemoryBytes);
        Assert.Equal(TestKernel.MemoryBytes - 0x10000, page.StackAreaBase);
        Assert.Equal(_kernel.Engine.TscKhz, page.TscKhz);
        Assert.Equal(InstructionPage.Never, page.TimerDeadlineNs);
        Assert.Equal(InterruptBits.None, page.PendingInterrupts);
        Assert.Equal("hello\0\0w\u00f6rld\0", Encoding.UTF8.GetString(arguments, 0, (int)page.ArgumentsBytes));
    }

    [Fact]
    public void Create_ReusedSlot_HasFreshRandomNumbersAndNoOldBytes()
    {
        var seeds = new List<(ulong, ulong, ulong, ulong)>();
        byte[] left = new byte[8];
        for (int i = 0; i < 3; i++)
        {
            _kernel.Run(slot =>
            {
                seeds.Add((slot.Page.RandomSeed0, slot.Page.RandomSeed1, slot.Page.RandomSeed2, slot.Page.RandomSeed3));
                Assert.True(slot.Memory.TryRead(0x8_0000, left));
                Assert.True(slot.Memory.TryWrite(0x8_0000, "secret!!"u8));
                return [slot.Terminate(0)];
            });
            Assert.Equal(new byte[8], left);
        }

        Assert.Equal(3, seeds.Distinct().Count());
        Assert.Single(_kernel.Engine.Slots);
    }

    [Fact]
    public void Ready_Issued_TellsTheObserverOnceAndGoesOn()
    {
        ulong id = _kernel.Start(slot => [FakeSlot.Execute(Instruction.Ready), slot.Terminate(0)]);

        Assert.Equal(ExitCause.Terminated, _kernel.Observer.WaitForEnd(id).Cause);
        Assert.Equal([id], _kernel.Observer.Ready);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(255)]
    public void Instruction_Undefined_EndsTheMachine(int number) =>
        Assert.Equal(ExitCause.Faulted, _kernel.Run(_ => [FakeSlot.Execute((Instruction)number)]).Cause);

    [Fact]
    public void Fault_Snapshot_HasRegistersCodeAndStack()
    {
        const ulong Rip = 0x2_0FFC;
        const ulong Rsp = TestKernel.MemoryBytes - 24;
        MachineExit exit = _kernel.Run(slot =>
        {
            slot.Memory.TryWrite(Rip, [1, 2, 3, 4, 5, 6, 7, 8]);
            slot.Memory.TryWrite(Rsp, [9, 10]);
            slot.Access = (address, bytes, _) => address + bytes <= 0x2_1000 || address >= Rsp;
            return
            [
                slot.Fault(new EngineFault
                {
                    Vector = 13,
                    ErrorCode = 0x18,
                    Registers = new GuestRegisters { Rip = Rip, Rsp = Rsp, Rax = 5 },
                }),
            ];
        });

        Assert.Equal(ExitCause.Faulted, exit.Cause);
        Assert.Equal(13, exit.Fault!.Vector);
        Assert.Equal(0x18u, exit.Fault.ErrorCode);
        Assert.Equal(5u, exit.Fault.Registers.Rax);
        Assert.Equal([1, 2, 3, 4], exit.Fault.Code);
        Assert.Equal(Rsp, exit.Fault.StackAddress);
        Assert.Equal(24, exit.Fault.Stack.Length);
        Assert.Equal(10, exit.Fault.Stack[1]);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(8ul)]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 5)]
    [InlineData(AddressMap.MonitorBase)]
    [InlineData(TestKernel.MemoryBytes)]
    [InlineData(TestKernel.MemoryBytes - 1)]
    public void Fault_HostileRegisters_StillMakeASnapshot(ulong address)
    {
        MachineExit exit = _kernel.Run(slot =>
        [
            slot.Fault(new EngineFault { Vector = 6, Registers = new GuestRegisters { Rip = address, Rsp = address } }),
        ]);

        Assert.Equal(ExitCause.Faulted, exit.Cause);
        int expected = address == TestKernel.MemoryBytes - 1 ? 1 : 0;
        Assert.Equal(expected, exit.Fault!.Code.Length);
        Assert.Equal(expected, exit.Fault.Stack.Length);
    }

    [Fact]
    public void Fault_DeepStack_IsCut()
    {
        MachineExit exit = _kernel.Run(slot =>
        [
            slot.Fault(new EngineFault { Registers = new GuestRegisters { Rip = 0x2_0000, Rsp = 0x3_0000 } }),
        ]);

        Assert.Equal(FaultSnapshot.StackMaxBytes, exit.Fault!.Stack.Length);
        Assert.Equal(FaultSnapshot.CodeMaxBytes, exit.Fault.Code.Length);
    }

    [Fact]
    public void Engine_Fails_IsReportedWithItsCode()
    {
        MachineExit exit = _kernel.Run(_ => [new EngineExit(EngineExitKind.Failed, detail: 0x11_0000_0003)]);

        Assert.Equal(ExitCause.Faulted, exit.Cause);
        Assert.Equal(FaultSnapshot.EngineVector, exit.Fault!.Vector);
        Assert.Equal(0x11_0000_0003u, exit.Fault.ErrorCode);
    }

    [Theory]
    [InlineData((ulong)FaultCode.Panic, ExitCause.Faulted)]
    [InlineData((ulong)FaultCode.OutOfMemory, ExitCause.OutOfMemory)]
    [InlineData(0x7_0000_0002ul, ExitCause.OutOfMemory)]
    [InlineData(999ul, ExitCause.Faulted)]
    public void GiveUp_Code_DecidesTheCause(ulong code, ExitCause cause)
    {
        MachineExit exit = _kernel.Run(slot =>
        {
            slot.Memory.TryWrite(0x4_0000, "what happened"u8);
            return [slot.GiveUp(code, 0x4_0000, 13)];
        });

        Assert.Equal(cause, exit.Cause);
        Assert.Equal(FaultSnapshot.GuestVector, exit.Fault!.Vector);
        Assert.Equal((uint)code, exit.Fault.ErrorCode);
        Assert.Equal("what happened"u8.ToArray(), exit.Fault.Message);
    }

    [Theory]
    [InlineData(0x4_0000ul, ulong.MaxValue, (int)InstructionPage.FaultMessageMaxBytes)]
    [InlineData(0x4_0000ul, 1025ul, (int)InstructionPage.FaultMessageMaxBytes)]
    [InlineData(0x4_0000ul, 0ul, 0)]
    [InlineData(0ul, 10ul, 0)]
    [InlineData(0ul, 0ul, 0)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, 0)]
    [InlineData(TestKernel.MemoryBytes - 10, 11ul, 0)]
    [InlineData(TestKernel.MemoryBytes - 10, 10ul, 10)]
    [InlineData(AddressMap.MonitorBase, 10ul, 0)]
    public void GiveUp_HostileMessage_IsCutOrLeftOut(ulong address, ulong bytes, int kept) =>
        Assert.Equal(kept, _kernel.Run(slot => [slot.GiveUp(1, address, bytes)]).Fault!.Message.Length);

    [Fact]
    public void GiveUp_MessageThatTheGuestCannotRead_IsLeftOut()
    {
        MachineExit exit = _kernel.Run(slot =>
        {
            slot.Access = (_, _, write) => write;
            return [slot.GiveUp(1, 0x4_0000, 13)];
        });

        Assert.Empty(exit.Fault!.Message);
    }

    [Fact]
    public void Counters_AtTheEnd_AddUp()
    {
        const ulong BusyNs = 3_000_000;
        MachineExit exit = _kernel.Run(Busy);

        Assert.Equal(11u, exit.ExitCount);
        Assert.InRange(exit.CpuNs, BusyNs, 100 * BusyNs);

        static IEnumerable<EngineExit> Busy(FakeSlot slot)
        {
            for (int i = 0; i < 10; i++)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            ulong end = slot.Engine.Clock.NowNs + BusyNs;
            while (slot.Engine.Clock.NowNs < end)
            {
            }

            yield return slot.Terminate(0);
        }
    }
}
