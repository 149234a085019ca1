// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;
using Denali.Kernel.Tests.Fakes;
using Denali.Linux;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>Who runs, for how long, and on which worker.</summary>
public sealed class SchedulingTests
{
    private const ulong Millisecond = 1_000_000;

    [Fact]
    public void Yield_ThreeMachines_TakeTurns()
    {
        using var kernel = new TestKernel();
        using var isOpen = new ManualResetEventSlim();
        var order = new List<int>();
        ulong gate = kernel.Start(slot => Gate(slot, isOpen));
        ulong[] machines = [.. Enumerable.Range(0, 3).Select(number => kernel.Start(slot => Guest(slot, number)))];
        isOpen.Set();
        kernel.Observer.WaitForEnds([gate, .. machines]);

        Assert.Equal(Enumerable.Range(0, 15).Select(i => i % 3), order);

        IEnumerable<EngineExit> Guest(FakeSlot slot, int number)
        {
            for (int i = 0; i < 5; i++)
            {
                order.Add(number);
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(InterruptDelivery.Batched, "running, running, waiting, interrupted")]
    [InlineData(InterruptDelivery.Immediate, "running, interrupted, running, waiting")]
    public void Interrupt_ForAMachineThatWaits_ComesInItsTurnOrAtOnce(InterruptDelivery delivery, string expected)
    {
        using var kernel = new TestKernel(delivery: delivery);
        using var isOpen = new ManualResetEventSlim();
        var order = new List<string>();
        ulong target = 0;
        ulong gate = kernel.Start(slot => Gate(slot, isOpen));
        ulong running = kernel.Start(Running);
        ulong waiting = kernel.Start(slot => Other(slot, "waiting"));
        target = kernel.Start(slot => Other(slot, "interrupted"));
        isOpen.Set();
        kernel.Observer.WaitForEnds([gate, running, waiting, target]);

        Assert.Equal(expected, string.Join(", ", order));

        IEnumerable<EngineExit> Running(FakeSlot slot)
        {
            order.Add("running");
            kernel.Kernel.Interrupt(target, InterruptBits.Nic);
            yield return FakeSlot.Execute(Instruction.Doorbell);
            order.Add("running");
            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Other(FakeSlot slot, string name)
        {
            order.Add(name);
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Spin_TwoMachines_SharesTheCore()
    {
        using var kernel = new TestKernel();
        ulong[] machines = [kernel.Start(SpinFor(20)), kernel.Start(SpinFor(20))];
        kernel.Observer.WaitForEnds(machines);

        Assert.All(machines, id => Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(id).Cause));
    }

    [Fact]
    public void Spin_AfterALongIdle_IsStillInterrupted()
    {
        // The timer of the first quantum goes off while the worker sleeps; the next quantum needs it again.
        using var kernel = new TestKernel();
        Assert.Equal(ExitCause.Terminated, kernel.Run(Guest).Cause);

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            for (int i = 0; i < 3; i++)
            {
                yield return slot.Idle(slot.Engine.Clock.NowNs + (20 * Millisecond));
                slot.Take();
                yield return FakeSlot.Spin();
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Spin_AfterOthersHadTheCore_IsStillInterrupted()
    {
        // The same, with the timer going off while exits are handled: a kick may take its signal.
        using var kernel = new TestKernel();
        ulong id = kernel.Start(Guest);
        while (!kernel.Observer.Ended.Contains(id))
        {
            kernel.Kernel.Interrupt(id, InterruptBits.Nic);
            Thread.Yield();
        }

        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(id).Cause);

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            ulong end = slot.Engine.Clock.NowNs + (100 * Millisecond);
            while (slot.Engine.Clock.NowNs < end)
            {
                slot.Take();
                yield return FakeSlot.Execute(Instruction.Doorbell);
                slot.Take();
                yield return slot.Idle(slot.Engine.Clock.NowNs + 50_000);
            }

            yield return FakeSlot.Spin();
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Woken_WhileAnotherSpins_ComesFirst()
    {
        // The entry that is on when the deadline passes ends because of it, long before its quantum does. A host that
        // runs something else meanwhile can spoil that, so one try of some must show it.
        const int Tries = 20;
        using var kernel = new TestKernel();
        Assert.Contains(true, Enumerable.Range(0, Tries).Select(_ => PreemptsInTime(kernel)));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Frame_ForAMachineThatIdles_InterruptsOnlyWhoMakesWay(bool hasPriority, bool isInterrupted)
    {
        // The quantum may end at the same time on a slow host, so one try of some must show it.
        const int Tries = 20;
        using var kernel = new TestKernel();
        using var isReady = new ManualResetEventSlim();
        ulong sleeper = kernel.Start(Sleeper, network: new NetworkOptions());
        TestKernel.WaitFor(isReady, "the VM that idles has started");
        byte[] frame = Frames.Ipv4(SwitchAddressing.Gateway, MachineTable.IndexOf(sleeper), 100);

        Assert.Contains(
            isInterrupted, Enumerable.Range(0, Tries).Select(_ => IsInterrupted(kernel, hasPriority, frame)));

        IEnumerable<EngineExit> Sleeper(FakeSlot slot)
        {
            isReady.Set();
            while (true)
            {
                yield return slot.Idle(InstructionPage.Never);
                slot.Take();
            }
        }
    }

    private static bool IsInterrupted(TestKernel kernel, bool hasPriority, byte[] frame)
    {
        bool isInterrupted = false;
        kernel.Observer.WaitForEnd(kernel.Start(Guest));
        return isInterrupted;

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            if (hasPriority)
            {
                yield return slot.Idle(slot.Engine.Clock.NowNs + Millisecond);
            }

            var sender = new Thread(() => kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = frame }));
            sender.Start();
            sender.Join();
            isInterrupted = ThreadSignal.Wait(0);
            yield return slot.Terminate(0);
        }
    }

    private static bool PreemptsInTime(TestKernel kernel)
    {
        ulong deadlineNs = 0;
        ulong wokenNs = 0;
        var spinning = new List<(ulong From, ulong To)>();
        ulong sleeper = kernel.Start(Sleeper);
        ulong spinner = kernel.Start(Spinner);
        kernel.Observer.WaitForEnds([sleeper, spinner]);

        // However slow the host is: once the deadline has passed, the other is not entered again before.
        Assert.NotEqual(0u, wokenNs);
        Assert.DoesNotContain(spinning, entry => entry.From > deadlineNs + Millisecond && entry.From < wokenNs);
        (ulong from, ulong to) = spinning.Find(entry => entry.From <= deadlineNs && entry.To >= deadlineNs);
        return to != 0 && to < deadlineNs + Millisecond && to - from < RoundRobinPolicy.QuantumNs - Millisecond;

        IEnumerable<EngineExit> Sleeper(FakeSlot slot)
        {
            deadlineNs = slot.Engine.Clock.NowNs + (12 * Millisecond);
            yield return slot.Idle(deadlineNs);
            wokenNs = slot.Engine.Clock.NowNs;
            yield return slot.Terminate(0);
        }

        IEnumerable<EngineExit> Spinner(FakeSlot slot)
        {
            while (wokenNs == 0)
            {
                ulong from = slot.Engine.Clock.NowNs;
                EngineExit exit = FakeSlot.Spin();
                spinning.Add((from, slot.Engine.Clock.NowNs));
                yield return exit;
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void TimerRegister_WhileSpinning_InterruptsAndIsReset()
    {
        using var kernel = new TestKernel();
        var seen = new List<(InterruptBits Pending, ulong Deadline, bool IsEarly)>();
        Assert.Equal(ExitCause.Terminated, kernel.Run(Guest).Cause);

        Assert.Equal(Enumerable.Repeat((InterruptBits.Timer, InstructionPage.Never, false), 5), seen);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            for (int i = 0; i < 5; i++)
            {
                ulong deadlineNs = slot.Engine.Clock.NowNs + Millisecond;
                slot.Page.TimerDeadlineNs = deadlineNs;
                yield return FakeSlot.Execute(Instruction.Doorbell);
                while (slot.Page.PendingInterrupts == InterruptBits.None)
                {
                    yield return FakeSlot.Spin();
                }

                bool isEarly = slot.Engine.Clock.NowNs < deadlineNs;
                seen.Add((slot.Take(), slot.Page.TimerDeadlineNs, isEarly));
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Interrupt_WhileSpinning_StartsTheUpcall()
    {
        using var kernel = new TestKernel();
        using var runs = new ManualResetEventSlim();
        ulong upcallRip = 0;
        ulong enabled = 1;
        ulong id = kernel.Start(Guest);
        TestKernel.WaitFor(runs, "the VM runs");
        kernel.Kernel.Interrupt(id, InterruptBits.Nic);

        Assert.Equal((uint)InterruptBits.Nic, kernel.Observer.WaitForEnd(id).Code);
        Assert.Equal(0x3_0000u, upcallRip);
        Assert.Equal(0u, enabled);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Page.UpcallEntry = 0x3_0000;
            slot.Page.InterruptEnable = 1;
            slot.Registers.Rip = 0x3_1000;
            slot.Registers.Rsp = 0x8_0000;
            runs.Set();
            while (slot.Page.PendingInterrupts == InterruptBits.None)
            {
                yield return FakeSlot.Spin();
            }

            upcallRip = slot.Registers.Rip;
            enabled = slot.Page.InterruptEnable;
            yield return slot.Terminate((ulong)slot.Take());
        }
    }

    [Fact]
    public void Spin_WorkersUnequallyLoaded_OneMovesOver()
    {
        using var kernel = new TestKernel(workers: 2);
        var threads = new ConcurrentDictionary<(ulong Id, int Thread), bool>();
        using var haveMoved = new ManualResetEventSlim();

        // Numbers 1 and 3 start on the same worker, 2 and 4 on the other, where they end at once.
        ulong[] machines = [.. Enumerable.Range(0, 6).Select(i => kernel.Start(i % 2 == 0 ? Spinner : Ender))];
        TestKernel.WaitFor(haveMoved, "a VM ran on both workers");
        kernel.Observer.WaitForEnds(machines);

        static IEnumerable<EngineExit> Ender(FakeSlot slot) => [slot.Terminate(0)];

        IEnumerable<EngineExit> Spinner(FakeSlot slot)
        {
            ulong id = slot.Page.MachineId;
            while (!haveMoved.IsSet)
            {
                threads.TryAdd((id, Environment.CurrentManagedThreadId), true);
                if (threads.Keys.Count(key => key.Id == id) > 1)
                {
                    haveMoved.Set();
                }

                yield return FakeSlot.Spin();
            }

            yield return slot.Terminate(0);
        }
    }

    internal static IEnumerable<EngineExit> Gate(FakeSlot slot, ManualResetEventSlim isOpen)
    {
        TestKernel.WaitFor(isOpen, "the gate is opened");
        yield return slot.Terminate(0);
    }

    private static GuestProgram SpinFor(int times) => slot => Spin(slot, times);

    private static IEnumerable<EngineExit> Spin(FakeSlot slot, int times)
    {
        for (int i = 0; i < times; i++)
        {
            yield return FakeSlot.Spin();
        }

        yield return slot.Terminate(0);
    }
}
