// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Denali.Kvm.Tests;

/// <summary>Whatever a guest may not do ends in a fault with the right facts, on every KVM alike.</summary>
public sealed class FaultTests
{
    private const int DivideError = 0;
    private const int Debug = 1;
    private const int Breakpoint = 3;
    private const int UndefinedOpcode = 6;
    private const int Protection = 13;
    private const int PageFault = 14;

    private static readonly Dictionary<string, (Action<Assembler> Code, int Vector, ulong? Address)> s_cases = new()
    {
        ["ud2"] = (a => a.ud2(), UndefinedOpcode, null),
        ["divide by zero"] = (a => { a.xor(ecx, ecx); a.div(rcx); }, DivideError, null),
        ["int3"] = (a => a.int3(), Breakpoint, null),
        ["single step"] =
            (a => { a.pushfq(); a.or(__qword_ptr[rsp], 0x100); a.popfq(); a.nop(); a.nop(); }, Debug, null),
        ["cli"] = (a => a.cli(), Protection, null),
        ["sti"] = (a => a.sti(), Protection, null),
        ["hlt"] = (a => a.hlt(), Protection, null),
        ["rdmsr"] = (a => a.rdmsr(), Protection, null),
        ["wrmsr"] = (a => a.wrmsr(), Protection, null),
        ["mov cr3"] = (a => a.mov(rax, cr3), Protection, null),
        ["mov dr7"] = (a => a.mov(rax, dr7), Protection, null),
        ["lgdt"] = (a => a.lgdt(__[rsp - 16]), Protection, null),
        ["lidt"] = (a => a.lidt(__[rsp - 16]), Protection, null),
        ["invlpg"] = (a => a.invlpg(__[rsp]), Protection, null),
        ["wbinvd"] = (a => a.wbinvd(), Protection, null),
        ["sgdt"] = (a => a.sgdt(__[rsp - 16]), Protection, null),
        ["sidt"] = (a => a.sidt(__[rsp - 16]), Protection, null),
        ["str"] = (a => a.str(rax), Protection, null),
        ["smsw"] = (a => a.smsw(rax), Protection, null),
        ["xsetbv"] = (a => { a.xor(ecx, ecx); a.xsetbv(); }, Protection, null),
        ["port below the instructions"] = (a => a.@out(0x0F, al), Protection, null),
        ["port above the instructions"] = (a => a.@out(0x18, al), Protection, null),
        ["port of a fault stub"] = (a => a.@out(0x8E, al), Protection, null),
        ["port by register"] = (a => { a.mov(edx, 0x3F8); a.@out(dx, al); }, Protection, null),
        ["read of an instruction's port"] = (a => a.@in(al, 0x10), Protection, null),
        ["wide write to an instruction's port"] = (a => a.@out(0x10, eax), Protection, null),
        ["syscall"] = (a => a.syscall(), UndefinedOpcode, null),
        ["null read"] = (a => { a.xor(eax, eax); a.mov(rcx, __[rax]); }, PageFault, 0),
        ["null write"] = (a => { a.xor(eax, eax); a.mov(__[rax + 8], rcx); }, PageFault, 8),
        ["jump to null"] = (a => { a.xor(eax, eax); a.jmp(rax); }, PageFault, 0),
        ["write to text"] =
            (a => { a.mov(eax, (uint)CodeGuest.Code); a.mov(__[rax], rcx); }, PageFault, CodeGuest.Code),
        ["write to constants"] =
            (a => { a.mov(eax, (uint)CodeGuest.Constants); a.mov(__[rax], rcx); }, PageFault, CodeGuest.Constants),
        ["write to arguments"] =
            (a => { a.mov(eax, (uint)AddressMap.ArgumentsBase); a.mov(__[rax], rcx); },
            PageFault, AddressMap.ArgumentsBase),
        ["write to the instruction page"] =
            (a => { a.mov(eax, (uint)AddressMap.InstructionPageBase); a.mov(__[rax], rcx); },
            PageFault, AddressMap.InstructionPageBase),
        ["execute data"] = (a => { a.mov(eax, (uint)CodeGuest.Data); a.jmp(rax); }, PageFault, CodeGuest.Data),
        ["execute constants"] =
            (a => { a.mov(eax, (uint)CodeGuest.Constants); a.jmp(rax); }, PageFault, CodeGuest.Constants),
        ["execute the stack"] = (a => a.jmp(rsp), PageFault, CodeGuest.Memory - 0x1000),
        ["beyond memory"] =
            (a => { a.mov(rax, CodeGuest.Memory); a.mov(rcx, __[rax]); }, PageFault, CodeGuest.Memory),
        ["guard page"] =
            (a => { a.mov(rax, CodeGuest.StackArea); a.mov(rcx, __[rax]); }, PageFault, CodeGuest.StackArea),
        ["read of the monitor"] =
            (a => { a.mov(rax, AddressMap.MonitorBase); a.mov(rcx, __[rax]); }, PageFault, AddressMap.MonitorBase),
        ["write to page tables"] = (
            a => { a.mov(rax, AddressMap.MonitorBase + 0x4000); a.mov(__[rax], rcx); },
            PageFault, AddressMap.MonitorBase + 0x4000),
        ["jump to a fault stub"] = (
            a => { a.mov(rax, AddressMap.MonitorBase + 0x2000); a.jmp(rax); },
            PageFault, AddressMap.MonitorBase + 0x2000),
        ["stack pointer at null"] = (a => { a.xor(esp, esp); a.push(rax); }, PageFault, unchecked((ulong)-8)),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Enter_ForbiddenOperation_ReportsFault(string name)
    {
        (Action<Assembler> code, int vector, ulong? address) = s_cases[name];
        using var guest = new CodeGuest(a =>
        {
            if (name == "execute the stack")
            {
                a.sub(rsp, 0x1000);
            }

            code(a);
            a.ud2();
        });

        EngineExit exit = guest.Enter();

        Assert.True(exit.Kind is EngineExitKind.Fault or EngineExitKind.PageFault, $"{exit.Kind} {exit.Detail:x}");
        if (exit.Kind == EngineExitKind.PageFault)
        {
            Assert.Equal(0u, guest.Slot.Commit(exit.Detail));
        }

        EngineFault fault = guest.Slot.ReadFault();
        Assert.Equal(vector, fault.Vector);
        if (address is { } expected)
        {
            Assert.Equal(expected, fault.Address);
        }
    }

    [Fact]
    public void ReadFault_UndefinedOpcode_HasTheGuestsRegisters()
    {
        using var guest = new CodeGuest(a =>
        {
            a.mov(rax, 0x1122_3344_5566_7788);
            a.mov(r15, 0x99);
            a.nop();
            a.ud2();
        });

        Assert.Equal(EngineExitKind.Fault, guest.Enter().Kind);
        EngineFault fault = guest.Slot.ReadFault();

        Assert.Equal(0x1122_3344_5566_7788u, fault.Registers.Rax);
        Assert.Equal(0x99u, fault.Registers.R15);
        Assert.Equal(CodeGuest.Memory, fault.Registers.Rsp);
        byte[] code = new byte[2];
        Assert.True(guest.Slot.Memory.TryRead(fault.Registers.Rip, code));
        Assert.Equal([0x0F, 0x0B], code);
    }
}
