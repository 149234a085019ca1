// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Linux;
using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;
using Instruction = Denali.Hardware.Instruction;

namespace Denali.Kvm.Tests;

/// <summary>What a VM leaves in its memory is found, can be put back, and can be the base of others.</summary>
public sealed class ParkingTests
{
    [Fact]
    public void FindPrivatePages_AfterWrites_FindsThoseAndNoOthers()
    {
        using var guest = new CodeGuest(a =>
        {
            a.mov(rax, CodeGuest.Data);
            a.mov(__qword_ptr[rax], 1);
            a.mov(rax, CodeGuest.Heap + 0x1_3000);
            a.mov(__qword_ptr[rax], 1);
            a.mov(rax, CodeGuest.Constants);
            a.mov(rbx, __qword_ptr[rax]);
            a.mov(rdi, 0);
            a.call(InstructionPage.IdleEntry);
        });
        Assert.Equal(EngineExitKind.PageFault, guest.Enter().Kind);
        Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Heap + 0x1_3000));
        guest.AssertInstruction(Instruction.Idle);

        uint[] pages = Find(guest.Slot);

        Assert.Contains((uint)(AddressMap.RegisterPageBase >> 12), pages);
        Assert.Contains((uint)(CodeGuest.Data >> 12), pages);
        Assert.Contains((uint)((CodeGuest.Heap + 0x1_3000) >> 12), pages);
        Assert.Contains((uint)((CodeGuest.Memory - 8) >> 12), pages);
        Assert.DoesNotContain((uint)(CodeGuest.Constants >> 12), pages);
        Assert.DoesNotContain((uint)(CodeGuest.Code >> 12), pages);
        Assert.Equal(pages.Order(), pages);
    }

    [Fact]
    public void FindPrivatePages_LittleRoom_GoesOnWhereItStopped()
    {
        using var guest = new CodeGuest(a => a.call(InstructionPage.IdleEntry));
        for (ulong page = 0; page < 10; page++)
        {
            Assert.True(guest.Slot.Memory.TryWrite(0x8_0000 + (page * 8192), [1]));
            guest.Slot.CommitAgain((int)((0x8_0000 + (page * 8192)) / AddressMap.ChunkBytes));
        }

        uint[] all = Find(guest.Slot);
        Span<uint> two = stackalloc uint[2];
        uint from = 0;
        for (int i = 0; i < all.Length; i += 2)
        {
            int found = guest.Slot.FindPrivatePages(from, two);
            Assert.Equal(all.Skip(i).Take(2), two[..found].ToArray());
            from = two[found - 1] + 1;
        }

        Assert.True(all.Length >= 10);
    }

    [Fact]
    public void Capture_ReadyMachine_ClonesGoOnBehindItAndShareNothing()
    {
        using var guest = new CodeGuest(a =>
        {
            a.mov(rbx, CodeGuest.Data);
            a.mov(__qword_ptr[rbx], 5);
            a.call(InstructionPage.ReadyEntry);
            a.add(__qword_ptr[rbx], rax);
            a.mov(rdi, __qword_ptr[rbx]);
            a.call(InstructionPage.TerminateEntry);
        });
        guest.AssertInstruction(Instruction.Ready);

        using IMemoryBase template = guest.Slot.Capture(0x5000);
        Assert.Equal(0x5000u, template.ChargedBytes);
        for (uint pending = 1; pending <= 2; pending++)
        {
            guest.Slot.Bind(template);
            ref RegisterPage page = ref guest.Slot.Memory.Registers;
            page.PendingInterrupts = (InterruptBits)pending;
            guest.AssertInstruction(Instruction.Terminate);
            Assert.Equal(5 + pending, page.Argument0);
        }
    }

    [Fact]
    public void CreateBase_OfCapturedState_ClonesFindWhatWasCommittedAndNothingElse()
    {
        const ulong Committed = CodeGuest.Heap + 0x1_0000;
        const ulong Absent = CodeGuest.Heap + 0x3_0000;
        using var guest = new CodeGuest(a =>
        {
            a.mov(rbx, Committed);
            a.mov(__qword_ptr[rbx], 7);
            a.call(InstructionPage.ReadyEntry);
            a.mov(rdi, __qword_ptr[rbx]);
            a.mov(__qword_ptr[rbx + 0x1000], rdi);
            a.mov(rax, Absent);
            a.mov(__qword_ptr[rax], rdi);
            a.call(InstructionPage.TerminateEntry);
        });
        Assert.Equal(EngineExitKind.PageFault, guest.Enter().Kind);
        Assert.NotEqual(0u, guest.Slot.Commit(Committed));
        guest.AssertInstruction(Instruction.Ready);
        using IMemoryBase template = guest.Slot.Capture(0x5000);
        using IMemoryBase copy = guest.MakeBase(template);
        Assert.Equal(PagesOf(template), PagesOf(copy));

        for (int round = 0; round < 2; round++)
        {
            guest.Slot.Bind(copy);
            EngineExit exit = guest.Enter();
            Assert.Equal((EngineExitKind.PageFault, Absent), (exit.Kind, exit.Detail));
            Assert.NotEqual(0u, guest.Slot.Commit(Absent));
            guest.AssertInstruction(Instruction.Terminate);
            Assert.Equal(7u, guest.Slot.Memory.Registers.Argument0);
        }
    }

    [Fact]
    public void Bind_Resumed_GoesOnBehindIdleWithMemoryPutBack()
    {
        using var guest = new CodeGuest(_ => { });
        using IMemoryBase image = guest.MakeBase(a =>
        {
            a.mov(rbx, CodeGuest.Heap);
            a.mov(__qword_ptr[rbx], 9);
            a.mov(rdi, -1);
            a.call(InstructionPage.IdleEntry);
            a.mov(rdi, __qword_ptr[rbx]);
            a.call(InstructionPage.TerminateEntry);
        });
        guest.Slot.Bind(image);
        Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Memory - 8));
        Assert.Equal(EngineExitKind.PageFault, guest.Enter().Kind);
        Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Heap));
        guest.AssertInstruction(Instruction.Idle);
        uint[] pages = Find(guest.Slot);
        byte[][] contents = [.. pages.Select(page => Read(guest.Slot, page))];
        int[] chunks = [.. Enumerable.Range(0, 16).Where(chunk => guest.Slot.Commits.Next(chunk) == chunk)];

        guest.Bind(a => a.ud2());
        Assert.Equal(EngineExitKind.Fault, guest.Enter().Kind);
        guest.Slot.Bind(image, isResumed: true);
        Array.ForEach(chunks, guest.Slot.CommitAgain);
        foreach ((uint page, byte[] bytes) in pages.Zip(contents))
        {
            Assert.True(guest.Slot.Memory.TryWrite((ulong)page << 12, bytes));
        }

        guest.AssertInstruction(Instruction.Terminate);
        Assert.Equal(9u, guest.Slot.Memory.Registers.Argument0);
    }

    [Fact]
    public void Bind_SameBaseAgain_NothingOfTheVmBeforeIsLeft()
    {
        using var guest = new CodeGuest(_ => { });
        using IMemoryBase image = guest.MakeBase(a =>
        {
            a.mov(rbx, CodeGuest.Heap + 0x2_0000);
            a.mov(rdi, __qword_ptr[rbx]);
            a.mov(__qword_ptr[rbx], 77);
            a.call(InstructionPage.TerminateEntry);
        });
        for (int round = 0; round < 3; round++)
        {
            guest.Slot.Bind(image);
            Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Memory - 8));

            // What was committed for the one before was not for this one.
            Assert.Equal(EngineExitKind.PageFault, guest.Enter().Kind);
            Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Heap + 0x2_0000));
            guest.AssertInstruction(Instruction.Terminate);
            Assert.Equal(0u, guest.Slot.Memory.Registers.Argument0);
            guest.Slot.Unbind();
        }
    }

    [Fact]
    public void CommitAgain_VmBeforeHadTheHeapsFirstChunk_ImagesPagesThereAreKept()
    {
        using var guest = new CodeGuest(_ => { });
        using IMemoryBase image = guest.MakeBase(a =>
        {
            a.mov(rax, CodeGuest.Data);
            a.mov(rdi, __qword_ptr[rax]);
            a.call(InstructionPage.TerminateEntry);
        });
        guest.Slot.Bind(image);
        Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Memory - 8));
        Assert.Equal(CodeGuest.Data / AddressMap.ChunkBytes, CodeGuest.Heap / AddressMap.ChunkBytes);
        Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Heap));
        guest.AssertInstruction(Instruction.Terminate);
        guest.Slot.Unbind();

        // As the kernel puts back what a VM had that did not have this chunk.
        guest.Slot.Bind(image);
        guest.Slot.CommitAgain((int)((CodeGuest.Memory - 8) / AddressMap.ChunkBytes));
        Assert.True(guest.Slot.Memory.TryWrite(CodeGuest.Data, [9]));

        guest.AssertInstruction(Instruction.Terminate);
        Assert.Equal(9u, guest.Slot.Memory.Registers.Argument0);
    }

    [Fact]
    public void RestoreProcessor_InterruptedMachine_GoesOnWithAllItsRegisters()
    {
        using var guest = new CodeGuest(_ => { });
        using IMemoryBase image = guest.MakeBase(a =>
        {
            Label loop = a.CreateLabel();
            a.mov(r12, 1234);
            a.movq(xmm7, r12);
            a.Label(ref loop);
            a.mov(rax, CodeGuest.Data);
            a.cmp(__qword_ptr[rax], 0);
            a.je(loop);
            a.movq(rdi, xmm7);
            a.add(rdi, r12);
            a.call(InstructionPage.TerminateEntry);
        });
        guest.Slot.Bind(image);
        Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Memory - 8));
        byte[] state = new byte[guest.Slot.ProcessorStateBytes];
        Interrupt(guest.Slot, state);

        guest.Bind(a => a.ud2());
        Assert.Equal(EngineExitKind.Fault, guest.Enter().Kind);
        guest.Slot.Bind(image, isResumed: true);
        Assert.NotEqual(0u, guest.Slot.Commit(CodeGuest.Memory - 8));
        guest.Slot.RestoreProcessor(state);
        Assert.True(guest.Slot.Memory.TryWrite(CodeGuest.Data, [1]));

        guest.AssertInstruction(Instruction.Terminate);
        Assert.Equal(2468u, guest.Slot.Memory.Registers.Argument0);
    }

    /// <summary>Runs the VM until it is interrupted in its own code.</summary>
    private static void Interrupt(IExecutionSlot slot, byte[] state)
    {
        Exception? failure = null;
        var thread = new System.Threading.Thread(() =>
        {
            try
            {
                ThreadSignal.BlockInThisThread();
                using var timer = new PreemptionTimer();
                do
                {
                    timer.Arm(1_000_000);
                    Assert.Equal(EngineExitKind.Interrupted, slot.Enter().Kind);
                    _ = ThreadSignal.Wait(0);
                }
                while (!slot.TrySaveProcessor(state));
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static uint[] Find(IExecutionSlot slot)
    {
        uint[] pages = new uint[slot.MemoryBytes / AddressMap.PageBytes];
        return pages[..slot.FindPrivatePages(0, pages)];
    }

    private static List<(uint Page, string Contents)> PagesOf(IMemoryBase memory)
    {
        var pages = new List<(uint, string)>();
        for (uint page = 0; memory.TryGetNextPage(ref page, out ReadOnlySpan<byte> contents); page++)
        {
            pages.Add((page, Convert.ToHexString(contents)));
        }

        return pages;
    }

    private static byte[] Read(IExecutionSlot slot, uint page)
    {
        byte[] bytes = new byte[AddressMap.PageBytes];
        Assert.True(slot.Memory.TryRead((ulong)page << 12, bytes));
        return bytes;
    }
}
