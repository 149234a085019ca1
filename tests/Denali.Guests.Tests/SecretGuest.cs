// SPDX-License-Identifier: MIT
using Denali.Hardware;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Denali.Guests.Tests;

/// <summary>
/// A guest that plants a secret wherever it can, or copies what it finds in its registers to where a test looks for it.
/// </summary>
/// <remarks>Its second boot argument says which: see <see cref="Seek"/> and <see cref="Plant"/>.</remarks>
internal static class SecretGuest
{
    /// <summary>The argument of a VM that saves its registers at once and idles.</summary>
    internal const string Seek = "S";

    /// <summary>The same, but it is ready first: for templates.</summary>
    internal const string SeekWhenReady = "R";

    /// <summary>Every secret begins with it; the code does not contain it.</summary>
    internal const string Tag = "Zq7!";

    /// <summary>Where registers are saved: 16 general ones, FS and GS base.</summary>
    internal const ulong General = AssembledImage.Data + 0x1000;

    /// <summary>Sixteen vector registers of 32 bytes.</summary>
    internal const ulong Vectors = General + 0x100;

    /// <summary>What fxsave writes: control words, x87 and SSE registers.</summary>
    internal const ulong Legacy = General + 0x400;

    private const int GeneralCount = 16;
    private const int FsOffset = GeneralCount * 8;
    private const int GsOffset = FsOffset + 8;

    // "guest", NUL, two letters, NUL, the secret.
    private const ulong Fill = AddressMap.ArgumentsBase + 6;
    private const ulong End = Fill + 1;
    private const ulong Secret = Fill + 3;

    private const ulong HeapBase = AssembledImage.Data + 0x3000;
    private const ulong StackArea = AssembledImage.Memory - (2 * AssembledImage.StackBytes);
    private const ulong FewBytes = 24 * AddressMap.PageBytes;
    private const ulong Scratch = AssembledImage.Data + 0x20;
    private const int BaseShift = 12;

    private static readonly AssemblerRegister64[] s_general =
        [rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, rsp];

    private static readonly AssemblerRegisterYMM[] s_vectors =
        [ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm8, ymm9, ymm10, ymm11, ymm12, ymm13, ymm14, ymm15];

    /// <summary>Offset of the FS base in what is saved at <see cref="General"/>; that of GS is behind it.</summary>
    internal static int BasesOffset => FsOffset;

    /// <summary>The argument of a VM that plants a secret.</summary>
    /// <param name="isAll">Whether in all of its memory, or in some pages of each kind.</param>
    /// <param name="end">What it does then: 't' terminates, 'f' faults, 's' spins, 'i' idles, 'v' saves its registers
    /// and idles.</param>
    internal static string Plant(bool isAll, char end) => (isAll ? "Q" : "P") + end;

    /// <summary>What the base of FS becomes that is planted with a secret.</summary>
    internal static ulong BaseOf(uint tag) => (ulong)tag << BaseShift;

    /// <summary>Writes the code.</summary>
    internal static void Write(Assembler a)
    {
        Label save = a.CreateLabel();
        Label ready = a.CreateLabel();
        Label idle = a.CreateLabel();
        a.cmp(__byte_ptr[Fill], Seek[0]);
        a.je(save);
        a.cmp(__byte_ptr[Fill], SeekWhenReady[0]);
        a.je(ready);
        PlantMemory(a);
        Tell(a);
        PlantRegisters(a);
        Finish(a, save, idle);

        a.Label(ref ready);
        a.call(InstructionPage.ReadyEntry);
        a.Label(ref save);
        Save(a);
        TouchAll(a);
        a.Label(ref idle);
        a.mov(rdi, -1);
        a.call(InstructionPage.IdleEntry);
        a.jmp(idle);
    }

    private static void PlantMemory(Assembler a)
    {
        Label few = a.CreateLabel();
        Label filled = a.CreateLabel();
        a.mov(rax, __qword_ptr[Secret]);
        FillRange(a, AddressMap.RegisterPageBase + ConsoleLayout.InputData, ConsoleLayout.InputBytes);
        FillRange(a, AddressMap.RegisterPageBase + ConsoleLayout.OutputData, ConsoleLayout.OutputBytes);
        FillRange(a, AssembledImage.Data + 0x40, 0x2F00);
        a.cmp(__byte_ptr[Fill], 'P');
        a.je(few);
        FillRange(a, HeapBase, StackArea - HeapBase);
        FillRange(a, StackArea + AddressMap.PageBytes, AssembledImage.StackBytes - AddressMap.PageBytes);
        FillRange(
            a,
            StackArea + AssembledImage.StackBytes + AddressMap.PageBytes,
            AssembledImage.StackBytes - AddressMap.PageBytes);
        a.jmp(filled);
        a.Label(ref few);
        FillRange(a, HeapBase, FewBytes);
        FillRange(a, AssembledImage.Memory - 0x800, 0x800);
        a.Label(ref filled);
    }

    private static void FillRange(Assembler a, ulong address, ulong bytes)
    {
        a.mov(rdi, address);
        a.mov(ecx, (uint)(bytes / 8));
        a.rep.stosq();
    }

    /// <summary>Writes a character to the console, so that the test knows that it has planted.</summary>
    private static void Tell(Assembler a)
    {
        a.mov(__byte_ptr[AddressMap.RegisterPageBase + ConsoleLayout.OutputData], '!');
        a.mov(__dword_ptr[AddressMap.RegisterPageBase + ConsoleLayout.OutputHeader], 1);
        a.mov(edi, (uint)Device.Console);
        a.call(InstructionPage.DoorbellEntry);
    }

    private static void PlantRegisters(Assembler a)
    {
        a.mov(rax, __qword_ptr[Secret]);
        a.mov(__qword_ptr[Scratch], rax);
        a.mov(__word_ptr[Scratch + 8], 0x3FFF);
        for (int i = 0; i < 8; i++)
        {
            a.fld(__tword_ptr[Scratch]);
        }

        a.mov(__dword_ptr[Scratch], 0x0F7F);
        a.fldcw(__word_ptr[Scratch]);
        a.mov(__dword_ptr[Scratch], 0x7F80);
        a.ldmxcsr(__dword_ptr[Scratch]);
        a.vmovq(xmm0, rax);
        foreach (AssemblerRegisterYMM vector in s_vectors[1..])
        {
            a.vpbroadcastq(vector, xmm0);
        }

        a.vpbroadcastq(ymm0, xmm0);
        a.mov(ebx, eax);
        a.shl(rbx, BaseShift);
        a.wrfsbase(rbx);
        a.wrgsbase(rbx);
        foreach (AssemblerRegister64 register in s_general[1..^1])
        {
            a.mov(register, rax);
        }

        a.std();
    }

    private static void Finish(Assembler a, Label save, Label idle)
    {
        Label spin = a.CreateLabel();
        Label fault = a.CreateLabel();
        Label terminate = a.CreateLabel();
        a.cmp(__byte_ptr[End], 't');
        a.je(terminate);
        a.cmp(__byte_ptr[End], 'f');
        a.je(fault);
        a.cmp(__byte_ptr[End], 'i');
        a.je(idle);
        a.cmp(__byte_ptr[End], 'v');
        a.je(save);
        a.Label(ref spin);
        a.jmp(spin);
        a.Label(ref fault);
        a.ud2();
        a.Label(ref terminate);
        a.cld();
        a.xor(edi, edi);
        a.call(InstructionPage.TerminateEntry);
    }

    private static void Save(Assembler a)
    {
        for (int i = 0; i < GeneralCount; i++)
        {
            a.mov(__qword_ptr[General + (ulong)(i * 8)], s_general[i]);
        }

        a.rdfsbase(rax);
        a.mov(__qword_ptr[General + FsOffset], rax);
        a.rdgsbase(rax);
        a.mov(__qword_ptr[General + GsOffset], rax);
        for (int i = 0; i < s_vectors.Length; i++)
        {
            a.vmovdqu(__ymmword_ptr[Vectors + (ulong)(i * 32)], s_vectors[i]);
        }

        a.fxsave64(__[Legacy]);
        a.cld();
    }

    /// <summary>Reads a word of every page of heap and stacks, so that all of them are there to be looked at.</summary>
    private static void TouchAll(Assembler a)
    {
        for (ulong address = HeapBase; address < AssembledImage.Memory; address += AddressMap.ChunkBytes)
        {
            a.mov(rax, __qword_ptr[address]);
        }

        a.mov(rax, __qword_ptr[AssembledImage.Memory - 8]);
    }
}
