// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Denali.Kvm;

/// <summary>
/// The machine code of the instruction page for KVM: a virtual instruction leaves the VM with a one-byte port write.
/// </summary>
/// <remarks>
/// A test disassembles the page and compares it with the listing in the comments. Registers are addressed absolutely:
/// the register page lies below 2 GiB.
/// </remarks>
internal static class InstructionPageCode
{
    private const uint Registers = (uint)AddressMap.RegisterPageBase;
    private const uint Pending = Registers + 0x200;
    private const uint InterruptEnable = Registers + 0x208;
    private const uint SavedStackPointer = Registers + 0x218;
    private const uint IdleDeadline = Registers + 0x220;
    private const uint Argument0 = Registers + 0x230;

    /// <summary>Writes the page.</summary>
    /// <param name="page">One page; what is not code becomes int3.</param>
    internal static void Write(Span<byte> page)
    {
        page.Fill(0xCC);
        Emit(page, InstructionPage.IdleEntry, Idle());
        Emit(page, InstructionPage.TerminateEntry, Final(Instruction.Terminate));
        Emit(page, InstructionPage.YieldEntry, [0xE6, ExitPort.Of(Instruction.Yield), 0xC3]); // out port, al; ret
        Emit(page, InstructionPage.DoorbellEntry, Doorbell());
        Emit(page, InstructionPage.ReadyEntry, Ready());
        Emit(page, InstructionPage.FaultEntry, Final(Instruction.Fault));
        Emit(page, InstructionPage.ResumeEntry, Resume());
        Emit(page, InstructionPage.UpcallReturnEntry, UpcallReturn());
    }

    // cmp qword [Pending], 0; jne taken
    // push rbx, rbp, r12, r13, r14, r15; mov [IdleDeadline], rdi; mov [SavedStackPointer], rsp; out port, al
    // jmp ResumeEntry
    // taken: xor eax, eax; xchg [Pending], rax; ret
    private static byte[] Idle()
    {
        byte[] leave =
        [
            .. SaveAndStoreStack(),
            0xE6, ExitPort.Of(Instruction.Idle),
        ];
        byte[] head =
        [
            0x48, 0x83, 0x3C, 0x25, .. Address(Pending), 0x00,
            0x75, (byte)(StoreDeadlineBytes + leave.Length + JumpBytes),
            0x48, 0x89, 0x3C, 0x25, .. Address(IdleDeadline),
        ];
        byte[] body = [.. head, .. leave];
        return
        [
            .. body,
            .. JumpTo(InstructionPage.IdleEntry + (uint)body.Length, InstructionPage.ResumeEntry),
            .. TakePending(),
        ];
    }

    private const int StoreDeadlineBytes = 8;
    private const int JumpBytes = 5;

    private static byte[] Ready()
    {
        byte[] leave = [.. SaveAndStoreStack(), 0xE6, ExitPort.Of(Instruction.Ready)];
        return [.. leave, .. JumpTo(InstructionPage.ReadyEntry + (uint)leave.Length, InstructionPage.ResumeEntry)];
    }

    // push rbx; push rbp; push r12; push r13; push r14; push r15; mov [SavedStackPointer], rsp
    private static byte[] SaveAndStoreStack() =>
    [
        0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57,
        0x48, 0x89, 0x24, 0x25, .. Address(SavedStackPointer),
    ];

    // mov rsp, [SavedStackPointer]; pop r15; pop r14; pop r13; pop r12; pop rbp; pop rbx; then as TakePending
    private static byte[] Resume() =>
    [
        0x48, 0x8B, 0x24, 0x25, .. Address(SavedStackPointer),
        0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5D, 0x5B,
        .. TakePending(),
    ];

    // xor eax, eax; xchg [Pending], rax; ret
    private static byte[] TakePending() => [0x31, 0xC0, 0x48, 0x87, 0x04, 0x25, .. Address(Pending), 0xC3];

    // mov eax, edi; out port, al; ret
    private static byte[] Doorbell() => [0x89, 0xF8, 0xE6, ExitPort.Of(Instruction.Doorbell), 0xC3];

    // mov [Argument0], rdi; mov [Argument1], rsi; mov [Argument2], rdx; out port, al; ud2
    private static byte[] Final(Instruction instruction) =>
    [
        0x48, 0x89, 0x3C, 0x25, .. Address(Argument0),
        0x48, 0x89, 0x34, 0x25, .. Address(Argument0 + 8),
        0x48, 0x89, 0x14, 0x25, .. Address(Argument0 + 16),
        0xE6, ExitPort.Of(instruction),
        0x0F, 0x0B,
    ];

    // mov qword [InterruptEnable], 1; iretq
    private static byte[] UpcallReturn() =>
        [0x48, 0xC7, 0x04, 0x25, .. Address(InterruptEnable), 0x01, 0x00, 0x00, 0x00, 0x48, 0xCF];

    private static byte[] JumpTo(ulong from, ulong target) =>
        [0xE9, .. BitConverter.GetBytes((int)((long)target - (long)(from + JumpBytes)))];

    private static byte[] Address(uint address) => BitConverter.GetBytes(address);

    private static void Emit(Span<byte> page, ulong entry, ReadOnlySpan<byte> code)
    {
        if (code.Length > InstructionPage.EntryBytes)
        {
            throw new InvalidOperationException("An instruction's code is longer than its entry.");
        }

        code.CopyTo(page[(int)(entry - AddressMap.InstructionPageBase)..]);
    }
}
