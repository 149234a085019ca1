// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Hardware;
using Denali.Kernel;
using Denali.Kernel.Memory;
using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Denali.Guests.Tests;

/// <summary>A VM that is taken off the processor goes on as if nothing had been, whoever ran in between.</summary>
public sealed class StateTests
{
    private const int Machines = 6;
    private const int Spinners = 3;

    // An address must not use them.
    private const byte UpperBits = 20;

    [Fact]
    public void Registers_ManyMachinesPreempted_AreKept()
    {
        using var host = new GuestHost();
        LoadedImage spin = host.Load(Snippets.Spin);
        GuestMachine[] spinners = [.. Enumerable.Range(0, Spinners).Select(_ => host.Start(spin))];

        GuestMachine[] machines =
        [
            .. Enumerable.Range(1, Machines).Select(
                seed => host.Start(host.Load(a => CheckState(a, (ulong)seed, Spin)))),
        ];

        // Each of them runs for some quanta, so that it was away and back at least a few times.
        Assert.All(machines, machine => Assert.InRange(machine.AssertTerminated(0).ExitCount, 5u, ulong.MaxValue));
        Assert.All(spinners, machine => machine.Kill());
    }

    [Fact]
    public void Registers_MoreMachinesThanSlotsThatNeverIdle_AreKeptThroughParking()
    {
        using var host = new GuestHost(slotLimit: 2);
        GuestMachine[] machines =
        [
            .. Enumerable.Range(1, Machines).Select(seed => host.Start(host.Load(
                a => CheckState(a, (ulong)seed, (seed % 3) switch { 0 => Spin, 1 => Yield, _ => RingDoorbell })))),
        ];

        Assert.All(machines, machine => machine.AssertTerminated(0));
        SlotUsage usage = host.Kernel.SlotUsage;
        Assert.InRange(usage.Slots, 1, 2);
        Assert.True(usage.Parks >= Machines, $"{usage}");
    }

    private static void Spin(Assembler a)
    {
    }

    private static void Yield(Assembler a) => a.call(InstructionPage.YieldEntry);

    private static void RingDoorbell(Assembler a)
    {
        // It takes rax, which holds nothing then.
        a.mov(edi, (int)Device.Nic);
        a.call(InstructionPage.DoorbellEntry);
    }

    /// <summary>
    /// Fills vector, x87, control and general registers and the base of FS with values of its own, spins, and compares.
    /// </summary>
    /// <param name="a">Gets the code.</param>
    /// <param name="seed">Where the values come from.</param>
    /// <param name="leave">What it does now and then while it spins.</param>
    private static void CheckState(Assembler a, ulong seed, Action<Assembler> leave)
    {
        const int Rounds = 10_000;
        const int Spins = 6_000;
        ulong pattern = seed * 0x0101_0101_0101_0101;
        AssemblerRegisterYMM[] vectors = [ymm1, ymm2, ymm7, ymm8, ymm14, ymm15];
        a.mov(rax, pattern);
        a.vmovq(xmm0, rax);
        a.vpbroadcastq(ymm0, xmm0);
        foreach (AssemblerRegisterYMM vector in vectors)
        {
            a.vmovdqa(vector, ymm0);
        }

        a.mov(__qword_ptr[AssembledImage.Data + 0x100], (int)seed);
        a.fild(__qword_ptr[AssembledImage.Data + 0x100]);
        a.mov(__dword_ptr[AssembledImage.Data + 0x110], 0x1F80 | ((int)(seed % 4) << 13));
        a.ldmxcsr(__dword_ptr[AssembledImage.Data + 0x110]);
        a.mov(r15, rax);
        a.shr(rax, UpperBits);
        a.wrfsbase(rax);

        Label again = a.CreateLabel();
        Label spin = a.CreateLabel();
        a.mov(r12d, Rounds);
        a.Label(ref again);
        a.mov(ecx, Spins);
        a.Label(ref spin);
        a.dec(ecx);
        a.jnz(spin);
        leave(a);
        a.dec(r12d);
        a.jnz(again);
        Compare(a, vectors);
        a.xor(edi, edi);
        a.call(InstructionPage.TerminateEntry);
    }

    // The exit code says what was lost; seen in the failure's message.
    private static void Compare(Assembler a, AssemblerRegisterYMM[] vectors)
    {
        Label lost = a.CreateLabel();
        Label kept = a.CreateLabel();
        a.mov(edi, 1);
        a.vpbroadcastq(ymm0, xmm0);
        foreach (AssemblerRegisterYMM vector in vectors)
        {
            a.vpxor(ymm3, vector, ymm0);
            a.vptest(ymm3, ymm3);
            a.jnz(lost);
        }

        a.mov(edi, 2);
        a.vmovq(rax, xmm0);
        a.cmp(rax, r15);
        a.jne(lost);
        a.mov(edi, 3);
        a.rdfsbase(rax);
        a.shr(r15, UpperBits);
        a.cmp(rax, r15);
        a.jne(lost);
        a.mov(edi, 4);
        a.fistp(__qword_ptr[AssembledImage.Data + 0x108]);
        a.mov(rax, __qword_ptr[AssembledImage.Data + 0x108]);
        a.cmp(rax, __qword_ptr[AssembledImage.Data + 0x100]);
        a.jne(lost);
        a.mov(edi, 5);
        a.stmxcsr(__dword_ptr[AssembledImage.Data + 0x118]);
        a.mov(eax, __dword_ptr[AssembledImage.Data + 0x118]);
        a.cmp(eax, __dword_ptr[AssembledImage.Data + 0x110]);
        a.je(kept);
        a.Label(ref lost);
        a.call(InstructionPage.TerminateEntry);
        a.Label(ref kept);
    }
}
