// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Swap;

/// <summary>Programs whose state is in their memory, so that they notice if it is another's, or an old one.</summary>
internal static class SwapGuests
{
    /// <summary>How a counter ends that found what it had left.</summary>
    internal const uint AllWell = 7;

    private const ulong Cell = 0x6_0000;

    /// <summary>Adds to a number in its memory, round after round.</summary>
    /// <param name="number">What it adds.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="sleepNs">How long it sleeps between; 0 until somebody wakes it.</param>
    /// <param name="waits">Whether somebody has to wake it before it begins.</param>
    internal static IEnumerable<EngineExit> Counter(
        ulong number, ulong rounds, ulong sleepNs = 0, bool waits = false)
    {
        yield return FakeSlot.Touch(Cell);
        if (waits)
        {
            // So that there is something to keep of it.
            Write(Cell + sizeof(ulong), number);
            yield return FakeSlot.Here.Idle(InstructionPage.Never);
            FakeSlot.Here.Take();
        }

        for (ulong round = 0; round < rounds; round++)
        {
            ulong found = Read(Cell);
            if (found != round * number)
            {
                yield return FakeSlot.Here.Terminate(1000 + found);
            }

            Write(Cell, (round + 1) * number);
            yield return FakeSlot.Here.Idle(
                sleepNs == 0 ? InstructionPage.Never : FakeSlot.Here.Engine.Clock.NowNs + sleepNs);
            FakeSlot.Here.Take();
        }

        yield return FakeSlot.Here.Terminate(AllWell);
    }

    /// <summary>Computes until it is asked to end.</summary>
    internal static IEnumerable<EngineExit> Spinner(ulong register)
    {
        FakeSlot.Here.Registers.R12 = register;
        while ((FakeSlot.Here.Page.PendingInterrupts & InterruptBits.Terminate) == 0)
        {
            yield return FakeSlot.Spin();
        }

        yield return FakeSlot.Here.Terminate(FakeSlot.Here.Registers.R12);
    }

    /// <summary>Yields until it is asked to end.</summary>
    internal static IEnumerable<EngineExit> Yielder(ulong register)
    {
        FakeSlot.Here.Registers.R12 = register;
        while ((FakeSlot.Here.Page.PendingInterrupts & InterruptBits.Terminate) == 0)
        {
            yield return FakeSlot.Execute(Instruction.Yield);
        }

        yield return FakeSlot.Here.Terminate(FakeSlot.Here.Registers.R12);
    }

    /// <summary>Idles until something happens, and tells what.</summary>
    internal static IEnumerable<EngineExit> Sleeper(ulong deadlineNs = InstructionPage.Never)
    {
        yield return FakeSlot.Touch(Cell);
        Write(Cell, 1);
        yield return FakeSlot.Here.Idle(deadlineNs);
        yield return FakeSlot.Here.Terminate((ulong)FakeSlot.Here.Take());
    }

    private static ulong Read(ulong address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Assert.True(FakeSlot.Here.Memory.TryRead(address, bytes));
        return BitConverter.ToUInt64(bytes);
    }

    private static void Write(ulong address, ulong value) =>
        Assert.True(FakeSlot.Here.Memory.TryWrite(address, BitConverter.GetBytes(value)));
}
