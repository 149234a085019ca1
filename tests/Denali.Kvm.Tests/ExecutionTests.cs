// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Linux;
using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;
using Instruction = Denali.Hardware.Instruction;

namespace Denali.Kvm.Tests;

/// <summary>Virtual instructions, memory on demand, interruption, and what is left when a slot changes hands.</summary>
public sealed class ExecutionTests
{
    [Theory]
    [InlineData(Instruction.Terminate)]
    [InlineData(Instruction.Yield)]
    [InlineData(Instruction.Doorbell)]
    [InlineData(Instruction.Fault)]
    [InlineData(Instruction.Ready)]
    public void Enter_VirtualInstruction_Exits(Instruction instruction)
    {
        using var guest = new CodeGuest(a =>
        {
            a.mov(edi, 3);
            a.call(InstructionPage.EntryOf(instruction));
            a.ud2();
        });

        EngineExit exit = guest.Enter();

        Assert.Equal(EngineExitKind.Instruction, exit.Kind);
        Assert.Equal(instruction, exit.Instruction);
        Assert.Equal(instruction == Instruction.Doorbell ? 3 : 0, exit.Argument);
    }

    [Fact]
    public void Idle_Resumed_KeepsCalleeSavedRegistersAndReturnsPending()
    {
        using var guest = new CodeGuest(a =>
        {
            a.mov(rbx, 11);
            a.mov(rbp, 12);
            a.mov(r12, 13);
            a.mov(r15, 14);
            a.mov(rdi, 12345);
            a.call(InstructionPage.IdleEntry);
            a.mov(rsi, rax);
            a.mov(rdi, rbx);
            a.add(rdi, rbp);
            a.add(rdi, r12);
            a.add(rdi, r15);
            a.call(InstructionPage.TerminateEntry);
        });
        guest.AssertInstruction(Instruction.Idle);
        ref RegisterPage page = ref guest.Slot.Memory.Registers;
        Assert.Equal(12345u, page.IdleDeadlineNs);

        // A parked VM is only memory: spoil every register, and start it at the resume entry.
        page.PendingInterrupts = InterruptBits.Timer | InterruptBits.Disk;
        guest.Slot.WriteRegisters(new GuestRegisters { Rip = InstructionPage.ResumeEntry, Rflags = 2 });
        guest.AssertInstruction(Instruction.Terminate);

        Assert.Equal(50u, page.Argument0);
        Assert.Equal((ulong)(InterruptBits.Timer | InterruptBits.Disk), page.Argument1);
        Assert.Equal(InterruptBits.None, page.PendingInterrupts);
    }

    [Fact]
    public void Idle_SomethingPending_ReturnsWithoutAnExit()
    {
        using var guest = new CodeGuest(a =>
        {
            a.call(InstructionPage.IdleEntry);
            a.mov(rdi, rax);
            a.call(InstructionPage.TerminateEntry);
        });
        guest.Slot.Memory.Registers.PendingInterrupts = InterruptBits.Console;

        guest.AssertInstruction(Instruction.Terminate);

        Assert.Equal((ulong)InterruptBits.Console, guest.Slot.Memory.Registers.Argument0);
    }

    [Fact]
    public void Enter_HeapTouched_FaultsOncePerChunk()
    {
        const ulong Address = 3 * AddressMap.ChunkBytes;
        using var guest = new CodeGuest(a =>
        {
            a.mov(rax, Address + 8);
            a.mov(rcx, 0x5555);
            a.mov(__[rax], rcx);
            a.mov(__[rax + 0x8000], rcx);
            a.mov(rdi, __[rax]);
            a.call(InstructionPage.TerminateEntry);
        });

        EngineExit exit = guest.Enter();
        Assert.Equal(EngineExitKind.PageFault, exit.Kind);
        Assert.Equal(Address + 8, exit.Detail);
        Assert.False(guest.Slot.IsAccessible(Address, 16, write: true));
        Assert.Equal(AddressMap.ChunkBytes, guest.Slot.Commit(exit.Detail));
        Assert.Equal(0u, guest.Slot.Commit(exit.Detail));
        Assert.True(guest.Slot.IsAccessible(Address, AddressMap.ChunkBytes, write: true));
        guest.AssertInstruction(Instruction.Terminate);

        Assert.Equal(0x5555u, guest.Slot.Memory.Registers.Argument0);
    }

    [Fact]
    public void Commit_StackArea_LeavesGuardPagesOut()
    {
        using var guest = new CodeGuest(a => a.ud2());

        Assert.Equal(0u, guest.Slot.Commit(CodeGuest.StackArea));
        Assert.Equal(0u, guest.Slot.Commit(CodeGuest.Memory));
        Assert.Equal(0u, guest.Slot.Commit(ulong.MaxValue));
        Assert.Equal(0u, guest.Slot.Commit(AddressMap.RegisterPageBase));
        Assert.False(guest.Slot.IsAccessible(CodeGuest.StackArea, 1, write: false));
        Assert.True(guest.Slot.IsAccessible(CodeGuest.StackArea + AddressMap.PageBytes, 1, write: true));
        Assert.False(guest.Slot.IsAccessible(CodeGuest.Code, 1, write: true));
        Assert.False(guest.Slot.IsAccessible(CodeGuest.Memory - 4, 8, write: false));
        Assert.False(guest.Slot.IsAccessible(ulong.MaxValue - 4, 8, write: false));
    }

    [Fact]
    public void Bind_AfterAnotherGuest_LeavesNothingOfIt()
    {
        const ulong Page = 0x40000;
        using var guest = new CodeGuest(a =>
        {
            a.mov(rax, Page);
            a.mov(rcx, 0x5EC2E7);
            a.mov(__[rax], rcx);
            a.mov(__[CodeGuest.Data], rcx);
            a.mov(__[rsp - 8], rcx);
            a.wrfsbase(rcx);
            a.vmovq(xmm9, rcx);
            a.vinsertf128(ymm9, ymm9, xmm9, 1);
            a.mov(r14, rcx);
            a.call(InstructionPage.YieldEntry);
        });
        Assert.Equal(EngineExitKind.PageFault, guest.Enter().Kind);
        Assert.NotEqual(0u, guest.Slot.Commit(Page));
        guest.AssertInstruction(Instruction.Yield);

        Action<Assembler> collect = a =>
        {
            a.mov(rdi, r14);
            a.rdfsbase(rcx);
            a.or(rdi, rcx);
            a.vextractf128(xmm1, ymm9, 1);
            a.vmovq(rcx, xmm1);
            a.or(rdi, rcx);
            a.vmovq(rcx, xmm9);
            a.or(rdi, rcx);
            a.or(rdi, __[CodeGuest.Data]);
            a.or(rdi, __[rsp - 16]);
            a.mov(rax, Page);
            a.or(rdi, __[rax]);
            a.call(InstructionPage.TerminateEntry);
        };
        guest.Bind(collect);
        Assert.Equal(EngineExitKind.PageFault, guest.Enter().Kind);
        Assert.NotEqual(0u, guest.Slot.Commit(Page));
        guest.AssertInstruction(Instruction.Terminate);

        Assert.Equal(0u, guest.Slot.Memory.Registers.Argument0);
    }

    [Fact]
    public void Bind_AfterAnotherGuest_LeavesNoWideVectors()
    {
        // Guests are not meant to have AVX-512, but a software-assisted KVM may run them with all the host has.
        using var guest = new CodeGuest(a =>
        {
            a.mov(rcx, 0x5EC2E7);
            a.vpbroadcastq(zmm17, rcx);
            a.call(InstructionPage.YieldEntry);
        });
        EngineExit exit = guest.Enter();
        if (exit.Kind == EngineExitKind.Fault)
        {
            Assert.Equal(6, guest.Slot.ReadFault().Vector);
            return;
        }

        guest.Bind(a =>
        {
            a.vporq(zmm2, zmm17, zmm17);
            a.vextracti64x4(ymm3, zmm2, 1);
            a.vmovq(rdi, xmm2);
            a.vmovq(rcx, xmm3);
            a.or(rdi, rcx);
            a.call(InstructionPage.TerminateEntry);
        });
        guest.AssertInstruction(Instruction.Terminate);

        Assert.Equal(0u, guest.Slot.Memory.Registers.Argument0);
    }

    [Fact]
    public void Bind_SameBaseAgain_StartsAfresh()
    {
        using var guest = new CodeGuest(a => a.ud2());
        using IMemoryBase memoryBase = guest.MakeBase(a =>
        {
            a.inc(__qword_ptr[CodeGuest.Data]);
            a.mov(rdi, __[CodeGuest.Data]);
            a.call(InstructionPage.TerminateEntry);
        });

        for (int i = 0; i < 3; i++)
        {
            guest.Slot.Bind(memoryBase);
            Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Memory - 8));
            guest.AssertInstruction(Instruction.Terminate);
            Assert.Equal(1u, guest.Slot.Memory.Registers.Argument0);
        }
    }

    [Fact]
    public void Enter_SpinningGuest_IsInterruptedByTheTimer()
    {
        using var guest = new CodeGuest(a =>
        {
            Label again = a.CreateLabel();
            a.Label(ref again);
            a.inc(rbx);
            a.jmp(again);
        });
        int interrupted = 0;
        var thread = new Thread(() =>
        {
            ThreadSignal.BlockInThisThread();
            using var timer = new PreemptionTimer();
            for (int i = 0; i < 3; i++)
            {
                timer.Arm(1_000_000);
                if (guest.Slot.Enter().Kind == EngineExitKind.Interrupted && ThreadSignal.Wait(1_000_000_000))
                {
                    interrupted++;
                }
            }
        });

        thread.Start();
        thread.Join();

        Assert.Equal(3, interrupted);
        Assert.True(guest.Slot.ReadRegisters().Rbx > 1000);
    }

    [Fact]
    public void Rdtsc_InTheGuest_ReadsTheHostsCounter()
    {
        using var guest = new CodeGuest(a =>
        {
            a.rdtsc();
            a.shl(rdx, 32);
            a.or(rax, rdx);
            a.mov(rdi, rax);
            a.call(InstructionPage.TerminateEntry);
        });
        var counter = new TimestampCounter();

        ulong before = counter.Read();
        guest.AssertInstruction(Instruction.Terminate);
        ulong after = counter.Read();

        ulong inside = guest.Slot.Memory.Registers.Argument0 - (ulong)guest.Slot.TscOffset;
        Assert.InRange(inside, before, after);
    }

    [Fact]
    public void CreateSlot_LargestMemory_ReachesItsEnd()
    {
        const ulong Memory = AddressMap.MemoryMaxBytes;
        const ulong Touched = Memory - (2 * AddressMap.ChunkBytes);
        using var guest = new CodeGuest(
            a =>
            {
                a.mov(rax, Touched);
                a.mov(__[rax], rax);
                a.mov(rdi, __[rax]);
                a.call(InstructionPage.TerminateEntry);
            },
            Memory);

        Assert.Equal(EngineExitKind.PageFault, guest.Enter().Kind);
        Assert.NotEqual(0u, guest.Slot.Commit(Touched));
        guest.AssertInstruction(Instruction.Terminate);

        Assert.Equal(Touched, guest.Slot.Memory.Registers.Argument0);
    }
}
