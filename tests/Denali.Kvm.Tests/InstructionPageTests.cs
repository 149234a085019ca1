// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using Denali.Hardware;
using Iced.Intel;
using Xunit;

namespace Denali.Kvm.Tests;

/// <summary>Disassembles the hand-encoded instruction page and compares it with what it is meant to be.</summary>
public sealed class InstructionPageTests
{
    public static TheoryData<ulong, string> Entries => new()
    {
        {
            InstructionPage.IdleEntry,
            "cmp qword ptr [10200h],0; jne short 000000000001102Ch; mov [10220h],rdi; push rbx; push rbp; push r12; "
            + "push r13; push r14; push r15; mov [10218h],rsp; out 10h,al; jmp near ptr 0000000000011400h; "
            + "xor eax,eax; xchg rax,[10200h]; ret"
        },
        {
            InstructionPage.TerminateEntry,
            "mov [10230h],rdi; mov [10238h],rsi; mov [10240h],rdx; out 11h,al; ud2"
        },
        { InstructionPage.YieldEntry, "out 12h,al; ret" },
        { InstructionPage.DoorbellEntry, "mov eax,edi; out 13h,al; ret" },
        {
            InstructionPage.ReadyEntry,
            "push rbx; push rbp; push r12; push r13; push r14; push r15; mov [10218h],rsp; out 14h,al; "
            + "jmp near ptr 0000000000011400h"
        },
        {
            InstructionPage.FaultEntry,
            "mov [10230h],rdi; mov [10238h],rsi; mov [10240h],rdx; out 15h,al; ud2"
        },
        {
            InstructionPage.ResumeEntry,
            "mov rsp,[10218h]; pop r15; pop r14; pop r13; pop r12; pop rbp; pop rbx; xor eax,eax; "
            + "xchg rax,[10200h]; ret"
        },
        { InstructionPage.UpcallReturnEntry, "mov qword ptr [10208h],1; iretq" },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void Write_Entry_IsTheListing(ulong entry, string listing)
    {
        byte[] page = new byte[AddressMap.PageBytes];
        InstructionPageCode.Write(page);

        Assert.Equal(listing, string.Join("; ", Disassemble(page, entry)));
    }

    private static IEnumerable<string> Disassemble(byte[] page, ulong entry)
    {
        int start = (int)(entry - AddressMap.InstructionPageBase);
        byte[] code = page[start..(start + (int)InstructionPage.EntryBytes)];
        var decoder = Iced.Intel.Decoder.Create(64, code, entry);
        var formatter = new MasmFormatter();
        var output = new StringOutput();
        foreach (Iced.Intel.Instruction instruction in decoder.TakeWhile(i => i.Mnemonic != Mnemonic.Int3))
        {
            formatter.Format(instruction, output);
            yield return output.ToStringAndReset();
        }
    }
}
