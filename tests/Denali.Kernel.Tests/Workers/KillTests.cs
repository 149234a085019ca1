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

/// <summary>A VM can be ended in every state, and a kernel with VMs in every state.</summary>
public sealed class KillTests
{
    [Fact]
    public void Kill_Spinning_Ends()
    {
        using var kernel = new TestKernel();
        using var runs = new ManualResetEventSlim();
        ulong id = kernel.Start(slot => SpinForever(runs));
        TestKernel.WaitFor(runs, "the VM runs");
        kernel.Kernel.Kill(id);

        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(id).Cause);
    }

    [Fact]
    public void Kill_Runnable_Ends()
    {
        using var kernel = new TestKernel();
        using var isOpen = new ManualResetEventSlim();
        ulong gate = kernel.Start(slot => SchedulingTests.Gate(slot, isOpen));
        ulong first = kernel.Start(slot => [slot.Terminate(0)]);
        ulong second = kernel.Start(slot => [slot.Terminate(0)]);
        kernel.Kernel.Kill(first);
        isOpen.Set();

        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(first).Cause);
        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(second).Cause);
        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(gate).Cause);
    }

    [Theory]
    [InlineData(InstructionPage.Never)]
    [InlineData(InstructionPage.Never - 1)]
    [InlineData(1ul << 59)]
    public void Kill_Idle_Ends(ulong deadlineNs)
    {
        using var kernel = new TestKernel();
        using var runs = new ManualResetEventSlim();
        ulong id = kernel.Start(Guest);
        TestKernel.WaitFor(runs, "the VM runs");
        kernel.Kernel.Kill(id);

        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(id).Cause);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            runs.Set();
            yield return slot.Idle(deadlineNs);
        }
    }

    [Fact]
    public void Kill_TwiceAndAfterTheEnd_IsOneEnd()
    {
        using var kernel = new TestKernel();
        ulong id = kernel.Start(slot => [slot.Idle()]);
        for (int i = 0; i < 5; i++)
        {
            kernel.Kernel.Kill(id);
        }

        kernel.Observer.WaitForEnd(id);
        kernel.Kernel.Kill(id);
        ulong next = kernel.Start(slot => [slot.Terminate(0)]);
        kernel.Kernel.Kill(id);

        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(next).Cause);
        Assert.Equal([id, next], kernel.Observer.Ended);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Dispose_MachinesInEveryState_EndsThemAll(int workers)
    {
        const int PerKind = 5;
        var observer = new TestObserver { Room = 0 };
        var ids = new List<ulong>();
        using (var kernel = new TestKernel(workers))
        {
            for (int i = 0; i < PerKind; i++)
            {
                ids.Add(kernel.Start(slot => Repeat(() => FakeSlot.Spin()), observer: observer));
                ids.Add(kernel.Start(slot => Repeat(() => FakeSlot.Execute(Instruction.Yield)), observer: observer));
                ids.Add(kernel.Start(slot => Repeat(() => slot.Idle()), observer: observer));
                ids.Add(kernel.Start(slot => Repeat(() => slot.Idle(kernel.NowNs + 500_000)), observer: observer));
                ids.Add(kernel.Start(slot => Repeat(() => Print(slot)), observer: observer));
            }

            // Some turns for all of them, and input that nobody reads.
            ids.ForEach(id => kernel.Kernel.SendConsoleInput(id, new byte[2_000]));
            TestKernel.WaitFor(() => kernel.Engine.Slots.All(slot => slot.EntryCount > 2), "all VMs have run");
        }

        Assert.Equal(ids.Order(), observer.Ended.Order());
        Assert.All(ids, id => Assert.Equal(ExitCause.Killed, observer.WaitForEnd(id).Cause));

        static EngineExit Print(FakeSlot slot)
        {
            slot.Print("x"u8);
            return slot.Idle();
        }
    }

    [Fact]
    public void Dispose_RightAfterCreating_EndsThemAll()
    {
        for (int round = 0; round < 20; round++)
        {
            var observer = new TestObserver();
            var ids = new List<ulong>();
            using (var kernel = new TestKernel(workers: 2))
            {
                for (int i = 0; i < 10; i++)
                {
                    ids.Add(kernel.Start(slot => Repeat(() => slot.Idle(0)), observer: observer));
                }
            }

            Assert.Equal(ids.Order(), observer.Ended.Order());
        }
    }

    [Fact]
    public void Commands_AfterDispose_DoNothing()
    {
        ulong id;
        IsolationKernel kernel;
        using (var disposed = new TestKernel())
        {
            id = disposed.Start(slot => [slot.Idle()]);
            kernel = disposed.Kernel;
        }

        kernel.Kill(id);
        kernel.RequestTermination(id);
        kernel.ResumeConsole(id);
        kernel.SendConsoleInput(id, new byte[1]);
        kernel.Dispose();
        Assert.Equal(0, kernel.MachineCount);
    }

    private static IEnumerable<EngineExit> SpinForever(ManualResetEventSlim runs)
    {
        runs.Set();
        while (true)
        {
            yield return FakeSlot.Spin();
        }
    }

    private static IEnumerable<EngineExit> Repeat(Func<EngineExit> step)
    {
        while (true)
        {
            yield return step();
        }
    }
}
