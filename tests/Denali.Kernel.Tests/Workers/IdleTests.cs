// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>Idling VMs wake for what concerns them, and for nothing else.</summary>
public sealed class IdleTests : IDisposable
{
    private readonly TestKernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(20_000_000)]
    public void Deadline_Passes_WakesWithTheTimer(long delayNs)
    {
        ulong deadlineNs = 0;
        ulong wokenNs = 0;
        InterruptBits pending = InterruptBits.None;
        _kernel.Run(Guest);

        Assert.Equal(InterruptBits.Timer, pending);
        Assert.InRange(wokenNs, deadlineNs, deadlineNs + 5_000_000_000);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            deadlineNs = slot.Engine.Clock.NowNs + (ulong)delayNs;
            yield return slot.Idle(deadlineNs);
            wokenNs = slot.Engine.Clock.NowNs;
            pending = slot.Take();
            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    public void Deadline_InThePast_ReturnsWithTheTimer(ulong deadlineNs)
    {
        var seen = new List<InterruptBits>();
        MachineExit exit = _kernel.Run(Guest);

        Assert.Equal(Enumerable.Repeat(InterruptBits.Timer, 100), seen);
        Assert.Equal(101u, exit.ExitCount);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            for (int i = 0; i < 100; i++)
            {
                yield return slot.Idle(deadlineNs);
                seen.Add(slot.Take());
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Interrupt_WhileIdle_WakesWithIt()
    {
        using var idles = new ManualResetEventSlim();
        InterruptBits pending = InterruptBits.None;
        ulong id = _kernel.Start(Guest);
        TestKernel.WaitFor(idles, "the VM runs");
        _kernel.Kernel.RequestTermination(id);

        Assert.Equal(ExitCause.Terminated, _kernel.Observer.WaitForEnd(id).Cause);
        Assert.Equal(InterruptBits.Terminate, pending);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            idles.Set();
            yield return slot.Idle();
            pending = slot.Take();
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Interrupts_BeforeTheMachineIdles_AreSeenTogether()
    {
        using var runs = new ManualResetEventSlim();
        using var posted = new ManualResetEventSlim();
        InterruptBits pending = InterruptBits.None;
        ulong id = _kernel.Start(Guest);
        TestKernel.WaitFor(runs, "the VM runs");
        _kernel.Kernel.Interrupt(id, InterruptBits.Nic);
        _kernel.Kernel.Interrupt(id, InterruptBits.Disk | InterruptBits.Nic);
        _kernel.Kernel.RequestTermination(id);
        posted.Set();
        _kernel.Observer.WaitForEnd(id);

        Assert.Equal(InterruptBits.Nic | InterruptBits.Disk | InterruptBits.Terminate, pending);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            runs.Set();
            TestKernel.WaitFor(posted, "interrupts are posted");
            yield return FakeSlot.Execute(Instruction.Doorbell);
            yield return slot.Idle();
            pending = slot.Take();
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Pending_NotTaken_KeepsIdleFromIdling()
    {
        MachineExit exit = _kernel.Run(Guest);

        Assert.Equal(11u, exit.ExitCount);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Page.PendingInterrupts = InterruptBits.Console;
            for (int i = 0; i < 10; i++)
            {
                yield return slot.Idle();
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void TimerRegister_DueWhileIdle_WakesWithTheTimer()
    {
        ulong deadlineNs = 0;
        ulong wokenNs = 0;
        InterruptBits pending = InterruptBits.None;
        ulong left = 0;
        _kernel.Run(Guest);

        Assert.Equal(InterruptBits.Timer, pending);
        Assert.InRange(wokenNs, deadlineNs, deadlineNs + 5_000_000_000);
        Assert.Equal(InstructionPage.Never, left);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            deadlineNs = slot.Engine.Clock.NowNs + 2_000_000;
            slot.Page.TimerDeadlineNs = deadlineNs;
            yield return slot.Idle(slot.Engine.Clock.NowNs + 10_000_000_000);
            wokenNs = slot.Engine.Clock.NowNs;
            pending = slot.Take();
            left = slot.Page.TimerDeadlineNs;
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void ManyDeadlines_OfManyMachines_AllPass()
    {
        const int Machines = 200;
        int woken = 0;
        var random = new Random(1);
        ulong start = _kernel.NowNs + 50_000_000;
        ulong[] deadlines = [.. Enumerable.Range(0, Machines).Select(_ => start + (ulong)random.Next(20_000_000))];
        _kernel.Observer.WaitForEnds([.. deadlines.Select(deadline => _kernel.Start(slot => Guest(slot, deadline)))]);

        Assert.Equal(Machines, woken);

        IEnumerable<EngineExit> Guest(FakeSlot slot, ulong deadlineNs)
        {
            yield return slot.Idle(deadlineNs);

            // The engine's clock and the kernel's were started a moment apart.
            woken += slot.Engine.Clock.NowNs + 1_000 >= deadlineNs ? 1 : 0;
            yield return slot.Terminate(0);
        }
    }
}
