// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Denali.Guests.Tests;

/// <summary>Code that no compiler would write: random bytes, and random sequences of what is likely to hurt.</summary>
internal static class RandomCode
{
    private const int Pieces = 48;

    // Selectors of Linux's own user segments, of the monitor, and of nothing.
    private static readonly ushort[] s_selectors = [0, 3, 0x10, 0x18, 0x23, 0x2B, 0x33, 0x3B, 0x40, 0x53, 0x7B, 0xFFFF];

    private static readonly Action<Assembler, Random>[] s_pieces =
    [
        (a, r) => a.db(0xE6, (byte)r.Next(0x0E, 0x1A)),
        (a, r) => a.db(0xE6, (byte)r.Next(256)),
        (a, r) => a.db(0xE7, (byte)r.Next(0x10, 0x18)),
        (a, r) => a.db(0xE4, (byte)r.Next(0x10, 0x18)),
        (a, r) => Call(a, AddressMap.InstructionPageBase + ((ulong)r.Next(10) * InstructionPage.EntryBytes), r),
        (a, r) => Call(a, AddressMap.InstructionPageBase + (ulong)r.Next(0x600), r),
        (a, r) => { a.mov(eax, (uint)r.Next()); a.mov(__[Register(r)], rax); },
        (a, r) => { a.mov(rax, Value(r)); a.mov(__[Register(r)], rax); },
        (a, r) => { a.mov(rax, Value(r)); a.mov(rcx, __[rax]); },
        (a, r) => { a.mov(rax, Value(r)); a.mov(__[rax], rcx); },
        (a, r) => { a.mov(rax, Value(r)); a.wrfsbase(rax); a.mov(rcx, __.fs[0]); },
        (a, r) => { a.mov(rax, Value(r)); a.wrgsbase(rax); },
        (a, r) => { a.mov(eax, s_selectors[r.Next(s_selectors.Length)]); a.mov(ds, eax); },
        (a, r) => { a.mov(eax, s_selectors[r.Next(s_selectors.Length)]); a.mov(fs, eax); },
        (a, r) => { a.mov(eax, s_selectors[r.Next(s_selectors.Length)]); a.mov(gs, eax); },
        (a, r) => { a.mov(eax, s_selectors[r.Next(s_selectors.Length)]); a.mov(ss, eax); },
        (a, r) => { a.push(r.Next(1 << 22)); a.popfq(); },
        (a, r) => { a.pushfq(); a.xor(__qword_ptr[rsp], 1 << r.Next(22)); a.popfq(); },
        FarReturn,
        InterruptReturn,
        (a, r) => a.db(0xCD, (byte)r.Next(256)),
        (a, _) => a.syscall(),
        (a, _) => a.sysenter(),
        (a, _) => a.cpuid(),
        (a, _) => a.rdtsc(),
        (a, _) => a.vmcall(),
        (a, _) => a.vmmcall(),
        (a, _) => a.hlt(),
        (a, _) => a.int3(),
        (a, _) => a.db(0xF1),
        (a, r) => { a.mov(rsp, Value(r)); a.push(rax); },
        (a, r) => { a.mov(ecx, r.Next()); a.mov(rdi, Value(r)); a.cld(); a.rep.stosb(); },
        (a, r) => { a.mov(rdi, rsp); a.mov(ecx, r.Next(0x4000)); a.std(); a.rep.stosb(); },
        (a, r) => { a.mov(edx, r.Next(0x20)); a.db(0x6E); },
        (a, r) => { a.mov(edx, r.Next(0x20)); a.mov(rsi, Value(r)); a.db(0xF3, 0x6E); },
        (a, r) => { a.ldmxcsr(__[AssembledImage.Data]); a.mov(__dword_ptr[AssembledImage.Data], r.Next()); },
        (a, _) => a.fxrstor(__[AssembledImage.Data + 0x40]),
        (a, _) => a.fninit(),
        (a, r) => { a.xor(ecx, ecx); a.mov(eax, r.Next(256)); a.xsetbv(); },
        (a, r) => { a.mov(ecx, r.Next()); a.rdpmc(); },
        (a, _) => a.monitor(),
        (a, _) => a.mwait(),
        (a, r) => Junk(a, r.Next(1, 16), r),
    ];

    /// <summary>A page of random bytes.</summary>
    internal static byte[] Bytes(Random random)
    {
        byte[] code = new byte[AssembledImage.CodeBytes];
        random.NextBytes(code);
        return AssembledImage.Make(code, 0);
    }

    /// <summary>Random instructions of the dangerous kind.</summary>
    internal static byte[] Instructions(Random random) => AssembledImage.Make(a =>
    {
        for (int i = 0; i < Pieces; i++)
        {
            s_pieces[random.Next(s_pieces.Length)](a, random);
        }

        Label again = a.CreateLabel();
        a.Label(ref again);
        a.jmp(again);
    });

    private static ulong Register(Random random) =>
        AddressMap.RegisterPageBase + ((ulong)random.Next(0x60) * sizeof(ulong));

    private static ulong Value(Random random) => random.Next(10) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => 0x0000_8000_0000_0000,
        3 => AddressMap.RegisterPageBase + (ulong)random.Next(0x2000),
        4 => AssembledImage.Code + (ulong)random.Next(0x1000),
        5 => AssembledImage.Data + (ulong)random.Next(0x2000),
        6 => AssembledImage.Memory - (ulong)random.Next(0x9000),
        7 => AddressMap.MonitorBase + (ulong)random.Next(0x10000),
        8 => 1UL << random.Next(64),
        _ => (ulong)random.NextInt64(),
    };

    private static void Junk(Assembler a, int length, Random random)
    {
        for (int i = 0; i < length; i++)
        {
            a.db((byte)random.Next(256));
        }
    }

    private static void Call(Assembler a, ulong address, Random random)
    {
        a.mov(rdi, Value(random));
        a.mov(rsi, Value(random));
        a.mov(rdx, Value(random));
        a.mov(eax, (uint)address);
        a.call(rax);
    }

    // To the next instruction through any code segment, 32-bit ones among them.
    private static void FarReturn(Assembler a, Random random)
    {
        Label next = a.CreateLabel();
        a.push(s_selectors[random.Next(s_selectors.Length)]);
        a.lea(rax, __[next]);
        a.push(rax);
        a.db(0x48, 0xCB);
        a.Label(ref next);
        a.nop();
    }

    private static void InterruptReturn(Assembler a, Random random)
    {
        Label next = a.CreateLabel();
        a.mov(rcx, rsp);
        a.push(s_selectors[random.Next(s_selectors.Length)]);
        a.push(rcx);
        a.push(random.Next(2) == 0 ? 2 : random.Next(1 << 22));
        a.push(s_selectors[random.Next(s_selectors.Length)]);
        a.lea(rax, __[next]);
        a.push(rax);
        a.iretq();
        a.Label(ref next);
        a.nop();
    }
}
