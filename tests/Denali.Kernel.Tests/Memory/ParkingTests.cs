// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>VMs are more than slots: what idles makes way, with its memory, and nobody is kept out.</summary>
public sealed class ParkingTests
{
    private const ulong Cell = 0x6_0000;

    // A little more than a VM rests.
    private const ulong RestNs = SlotClock.RestNs * 11 / 10;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(2, 16)]
    public void Idle_MoreMachinesThanSlots_AllRunAndKeepTheirMemory(int workers, int slots)
    {
        const int Machines = 40;
        const int Rounds = 20;
        using var kernel = new TestKernel(workers, slotLimit: slots);
        ulong[] ids = [.. Enumerable.Range(1, Machines).Select(i => kernel.Start(_ => Counter((ulong)i)))];
        foreach (ulong id in ids)
        {
            MachineExit exit = kernel.Observer.WaitForEnd(id);
            Assert.Equal((ExitCause.Terminated, 7u), (exit.Cause, exit.Code));
        }

        Assert.True(kernel.Engine.Slots.Count <= slots, $"{kernel.Engine.Slots.Count} slots were made");
        Assert.InRange(kernel.Kernel.SlotUsage.Parks, (ulong)Machines, (ulong)(Machines * Rounds * 2));

        // Adds to a number in its memory, which nobody else may see or change.
        static IEnumerable<EngineExit> Counter(ulong number)
        {
            yield return FakeSlot.Touch(Cell);
            for (ulong round = 0; round < Rounds; round++)
            {
                ulong found = Read(Cell);
                if (found != round * number)
                {
                    yield return FakeSlot.Here.Terminate((uint)found);
                }

                Write(Cell, (round + 1) * number);
                yield return FakeSlot.Here.Idle(FakeSlot.Here.Engine.Clock.NowNs + (number % 3 * RestNs));
                FakeSlot.Here.Take();
            }

            yield return FakeSlot.Here.Terminate(7);
        }
    }

    [Fact]
    public void Spinning_OthersWaitForASlot_GivesItUpWithItsRegisters()
    {
        using var kernel = new TestKernel(slotLimit: 1);
        ulong spinner = kernel.Start(_ => Spinner());
        TestKernel.WaitFor(() => kernel.Engine.Slots.Any(slot => slot.EntryCount > 0), "the first VM runs");

        MachineExit second = kernel.Run(_ => Quick());
        Assert.Equal(2u, second.Code);

        kernel.Kernel.RequestTermination(spinner);
        Assert.Equal(42u, kernel.Observer.WaitForEnd(spinner).Code);

        static IEnumerable<EngineExit> Spinner()
        {
            FakeSlot.Here.Registers.R12 = 42;
            while (FakeSlot.Here.Page.PendingInterrupts == InterruptBits.None)
            {
                yield return FakeSlot.Spin();
            }

            yield return FakeSlot.Here.Terminate(FakeSlot.Here.Registers.R12);
        }

        static IEnumerable<EngineExit> Quick()
        {
            FakeSlot.Here.Registers.R12 = 1;
            yield return FakeSlot.Here.Terminate(2);
        }
    }

    [Theory]
    [InlineData(Instruction.Yield)]
    [InlineData(Instruction.Doorbell)]
    public void NeverIdling_HoweverItLeaves_GivesUpItsSlotWithItsRegisters(Instruction instruction)
    {
        using var kernel = new TestKernel(slotLimit: 2);
        ulong[] busy = [.. Enumerable.Range(40, 2).Select(i => kernel.Start(_ => Busy((ulong)i)))];
        TestKernel.WaitFor(() => kernel.Engine.Slots.Count(slot => slot.EntryCount > 0) == 2, "both run");

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(2u, kernel.Run(_ => Quick()).Code);
        }

        Assert.NotEqual(0u, kernel.Kernel.SlotUsage.Parks);
        Array.ForEach(busy, kernel.Kernel.RequestTermination);
        Assert.Equal([40u, 41u], busy.Select(id => kernel.Observer.WaitForEnd(id).Code));

        IEnumerable<EngineExit> Busy(ulong register)
        {
            FakeSlot.Here.Registers.R12 = register;
            while (FakeSlot.Here.Page.PendingInterrupts == InterruptBits.None)
            {
                yield return FakeSlot.Execute(instruction, (byte)Device.Nic);
            }

            yield return FakeSlot.Here.Terminate(FakeSlot.Here.Registers.R12);
        }

        static IEnumerable<EngineExit> Quick()
        {
            FakeSlot.Here.Registers.R12 = 1;
            yield return FakeSlot.Here.Terminate(2);
        }
    }

    [Fact]
    public void IdlingBrieflyForEver_OthersWaitForASlot_GivesItUp()
    {
        const ulong Briefly = SlotClock.RestNs / 10;
        using var kernel = new TestKernel(slotLimit: 2);
        ulong[] busy = [.. Enumerable.Range(0, 2).Select(_ => kernel.Start(_ => Busy()))];
        TestKernel.WaitFor(() => kernel.Engine.Slots.Count(slot => slot.EntryCount > 2) == 2, "both run");

        Assert.Equal(2u, kernel.Run(_ => Quick()).Code);

        Array.ForEach(busy, kernel.Kernel.RequestTermination);
        Assert.All(busy, id => Assert.Equal(40u, kernel.Observer.WaitForEnd(id).Code));

        static IEnumerable<EngineExit> Busy()
        {
            while ((FakeSlot.Here.Take() & InterruptBits.Terminate) == 0)
            {
                yield return FakeSlot.Here.Idle(FakeSlot.Here.Engine.Clock.NowNs + Briefly);
            }

            yield return FakeSlot.Here.Terminate(40);
        }

        static IEnumerable<EngineExit> Quick()
        {
            yield return FakeSlot.Here.Terminate(2);
        }
    }

    [Fact]
    public void Kill_ParkedMachine_EndsWithoutASlot()
    {
        using var kernel = new TestKernel(slotLimit: 1);
        ulong parked = kernel.Start(_ => Sleeper());
        ulong other = kernel.Start(_ => Sleeper());
        TestKernel.WaitFor(() => kernel.Engine.Slots.Sum(slot => slot.EntryCount) == 2, "both have idled");

        kernel.Kernel.Kill(parked);
        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(parked).Cause);
        kernel.Kernel.Kill(other);
        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(other).Cause);
        Assert.Equal(2, kernel.Engine.Slots.Sum(slot => slot.EntryCount));
    }

    [Fact]
    public void Input_ForAParkedMachine_WakesIt()
    {
        using var kernel = new TestKernel(slotLimit: 1);
        ulong parked = kernel.Start(_ => Reader());
        ulong other = kernel.Start(_ => Sleeper());
        TestKernel.WaitFor(() => kernel.Engine.Slots.Sum(slot => slot.EntryCount) == 2, "both have idled");

        kernel.Kernel.SendConsoleInput(parked, new byte[] { 9 });

        Assert.Equal(9u, kernel.Observer.WaitForEnd(parked).Code);
        kernel.Kernel.Kill(other);

        static IEnumerable<EngineExit> Reader()
        {
            yield return FakeSlot.Here.Idle();
            byte[] input = new byte[1];
            int count = FakeSlot.Here.ReadInput(input);
            yield return FakeSlot.Here.Terminate(count == 1 ? input[0] : 0u);
        }
    }

    [Fact]
    public void Bind_HostRefuses_IsTriedAgainAndNothingIsLost()
    {
        using var kernel = new TestKernel(slotLimit: 1);
        ulong parked = kernel.Start(_ => Late());
        int refusals = 0;
        ulong other = kernel.Start(_ => Sleeper());
        TestKernel.WaitFor(() => kernel.Engine.Slots.Sum(slot => slot.EntryCount) == 3, "both have idled");
        kernel.Engine.AfterBind = () =>
        {
            if (Interlocked.Increment(ref refusals) <= 3)
            {
                throw new EngineException("no memory");
            }
        };
        kernel.Kernel.Interrupt(parked, InterruptBits.Terminate);

        Assert.Equal(5u, kernel.Observer.WaitForEnd(parked).Code);
        Assert.True(refusals > 3);
        kernel.Kernel.Kill(other);

        static IEnumerable<EngineExit> Late()
        {
            yield return FakeSlot.Touch(Cell);
            Write(Cell, 5);
            yield return FakeSlot.Here.Idle();
            yield return FakeSlot.Here.Terminate((uint)Read(Cell));
        }
    }

    private static IEnumerable<EngineExit> Sleeper()
    {
        yield return FakeSlot.Here.Idle();
        yield return FakeSlot.Here.Terminate(1);
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
