// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;
using Denali.Kernel.Swap;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Swap;

/// <summary>VMs outlive their kernel: all of them, as they were, under the same numbers, and only once.</summary>
public sealed class SavingTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly FaultySwapDevice _device = new();
    private readonly FakeEngine _engine = new();

    public void Dispose()
    {
        _device.Dispose();
        _engine.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SaveAll_IdleSleepingAndBusy_GoOnInTheNextKernel(int workers)
    {
        ulong[] idle;
        ulong[] busy;
        ulong sleeper;
        ulong interrupted;
        using (TestKernel kernel = Start(workers))
        {
            idle = [.. Enumerable.Range(1, 8).Select(i => kernel.Start(_ => SwapGuests.Counter((ulong)i, rounds: 2)))];
            ulong deadlineNs = kernel.NowNs + 1_500_000_000;
            sleeper = kernel.Start(_ => SwapGuests.Sleeper(deadlineNs));
            interrupted = kernel.Start(_ => SwapGuests.Sleeper());
            busy = [.. Enumerable.Range(40, 5).Select(i => kernel.Start(_ => SwapGuests.Spinner((ulong)i)))];
            WaitForIdle(kernel, [.. idle, sleeper, interrupted]);
            Assert.All(busy, id => TestKernel.WaitFor(
                () => kernel.Kernel.TryGetUsage(id, out MachineUsage usage) && usage.ExitCount > 0, "it computes"));
            Assert.True(await kernel.Kernel.SwapOutAsync(idle[3]));
            Assert.True(await kernel.Kernel.SwapOutAsync(interrupted));

            SaveReport report = await kernel.Kernel.SaveAllAsync(s_limit);

            Assert.Empty(report.Unsaved);
            Assert.True(report.IsDurable);
            Assert.Equal([.. idle, sleeper, interrupted, .. busy], report.Saved.Order());
            Assert.Throws<KernelException>(() => kernel.Start(_ => SwapGuests.Sleeper()));
            int entries = Entries();
            kernel.Kernel.Interrupt(interrupted, InterruptBits.Terminate);
            kernel.Kernel.Wake(idle[0]);
            kernel.Dispose();
            Assert.Equal(entries, Entries());
            Assert.Equal(ExitCause.Saved, kernel.Observer.WaitForEnd(idle[0]).Cause);
        }

        using TestKernel next = Start(workers);
        Assert.Equal([.. idle, sleeper, interrupted, .. busy], next.Kernel.SavedMachines.Select(saved => saved.Id));
        ResumeAll(next);
        Array.ForEach(idle, next.Kernel.Wake);
        Array.ForEach(busy, next.Kernel.RequestTermination);
        foreach (ulong id in idle)
        {
            TestKernel.WaitFor(
                () =>
                {
                    next.Kernel.Wake(id);
                    return next.Kernel.List(id).Id == 0;
                },
                "the counter has counted");
            Assert.Equal(SwapGuests.AllWell, next.Observer.WaitForEnd(id).Code);
        }

        Assert.Equal(Enumerable.Range(40, 5), busy.Select(id => (int)next.Observer.WaitForEnd(id).Code));
        Assert.Equal((uint)InterruptBits.Timer, next.Observer.WaitForEnd(sleeper).Code);
    }

    [Fact]
    public async Task SaveAll_MachineThatYieldsAllTheTime_GoesOnInTheNextKernel()
    {
        ulong id;
        using (TestKernel kernel = Start(1))
        {
            id = kernel.Start(_ => SwapGuests.Yielder(43));
            TestKernel.WaitFor(() => Entries() > 10, "it yields");
            SaveReport report = await kernel.Kernel.SaveAllAsync(s_limit);
            Assert.Empty(report.Unsaved);
            Assert.Equal([id], report.Saved);
        }

        using TestKernel next = Start(1);
        ResumeAll(next);
        next.Kernel.RequestTermination(id);
        Assert.Equal(43u, next.Observer.WaitForEnd(id).Code);
    }

    [Fact]
    public async Task Resume_InterruptCameWhileItWasSaved_IsDeliveredInTheNextKernel()
    {
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        ulong id;
        using (TestKernel kernel = Start(1))
        {
            id = kernel.Start(_ => SwapGuests.Sleeper());
            WaitForIdle(kernel, [id]);
            _device.BeforeWrite = (_, length) =>
            {
                begun.Set();
                return gate.Wait(TestObserver.Limit) ? length : 0;
            };
            Task<SaveReport> saving = kernel.Kernel.SaveAllAsync(s_limit);
            TestKernel.WaitFor(begun, "it is being written");
            kernel.Kernel.RequestTermination(id);
            gate.Set();
            Assert.Equal([id], (await saving).Saved);
        }

        using TestKernel next = Start(1);
        ResumeAll(next);
        Assert.Equal((uint)InterruptBits.Terminate, next.Observer.WaitForEnd(id).Code);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Resume_ManyThatAreOverdue_WakesOneAfterTheOther()
    {
        const int Count = 50;
        const ulong SleepNs = 5_000_000_000;
        ulong deadlineNs;
        using (TestKernel kernel = Start(1))
        {
            deadlineNs = kernel.NowNs + SleepNs;
            ulong[] ids =
                [.. Enumerable.Range(0, Count).Select(_ => kernel.Start(_ => SwapGuests.Sleeper(deadlineNs)))];
            Assert.All(ids, id => TestKernel.WaitFor(
                () => kernel.Kernel.List(id) is { State: MachineState.Idle } or { Id: 0 }, $"VM {id} idles"));
            _ = await kernel.Kernel.SaveAllAsync(s_limit);
            Assert.True(kernel.NowNs < deadlineNs, "some were due before they were saved: let them sleep longer");
        }

        using TestKernel next = Start(1);
        IReadOnlyList<SavedMachine> saved = next.Kernel.SavedMachines;
        Assert.Equal(Count, saved.Count);
        TestKernel.WaitFor(() => next.NowNs > deadlineNs, "they are overdue");
        ulong beginNs = next.NowNs;
        ResumeAll(next);
        Assert.All(saved, one => next.Observer.WaitForEnd(one.Id));

        // At least so long, however slow the machine is.
        Assert.True(next.NowNs - beginNs >= (ulong)(saved.Count - 1) * Worker.OverdueSpacingNs, "all at once");
    }

    [Fact]
    public async Task Saved_NotResumed_KeepTheirNumbersForALaterKernel()
    {
        ulong[] ids;
        using (TestKernel kernel = Start(1))
        {
            ids = [.. Enumerable.Range(0, 4).Select(_ => kernel.Start(_ => SwapGuests.Sleeper()))];
            kernel.Kernel.Kill(ids[1]);
            kernel.Observer.WaitForEnd(ids[1]);
            WaitForIdle(kernel, [ids[0], ids[2], ids[3]]);
            Assert.Equal(3, (await kernel.Kernel.SaveAllAsync(s_limit)).Saved.Count);
        }

        using (TestKernel next = Start(1))
        {
            Assert.Equal(0, next.Kernel.MachineCount);
            ulong[] others = [.. Enumerable.Range(0, 3).Select(_ => next.Start(_ => SwapGuests.Sleeper()))];
            Assert.Empty(others.Intersect(ids.Except([ids[1]])));
            SavedMachine saved = next.Kernel.SavedMachines[0];
            Assert.Equal(ids[0], Resume(next, saved));
            Assert.Throws<KernelException>(() => Resume(next, saved));
            next.Kernel.Forget(next.Kernel.SavedMachines[1]);
            Assert.Throws<KernelException>(() => Resume(next, next.Kernel.SavedMachines[1]));

            // Those are not found any more, and others were never there.
            Assert.Equal(
                [ids[3]], Enumerable.Concat(ids, others).Append(0UL).Where(id => next.Kernel.TryFindSaved(id, out _)));
            Assert.True(next.Kernel.TryFindSaved(ids[3], out SavedMachine found));
            Assert.Equal(next.Kernel.SavedMachines[2], found);
        }

        using TestKernel last = Start(1);
        Assert.Equal([ids[3]], last.Kernel.SavedMachines.Select(saved => saved.Id));
    }

    [Fact]
    public async Task Resume_AnotherImage_IsRefusedAndCanBeTriedAgain()
    {
        ulong id;
        using (TestKernel kernel = Start(1))
        {
            id = kernel.Start(_ => SwapGuests.Sleeper());
            WaitForIdle(kernel, [id]);
            await kernel.Kernel.SaveAllAsync(s_limit);
        }

        using TestKernel next = Start(1);
        using LoadedImage other = next.Kernel.Load(TestKernel.MakeImage(), TestKernel.MemoryBytes * 2);
        KernelException e = Assert.Throws<KernelException>(() => next.Kernel.Resume(
            next.Kernel.SavedMachines[0], new MachineOptions { Image = other, Observer = next.Observer }));
        Assert.Contains("another image or template", e.Message, StringComparison.Ordinal);
        ResumeAll(next);
        next.Kernel.RequestTermination(id);
        Assert.Equal((uint)InterruptBits.Terminate, next.Observer.WaitForEnd(id).Code);
    }

    [Fact]
    public async Task SaveAll_DeviceIsFull_TellsWhoIsNotSaved()
    {
        using var kernel = new TestKernel(engine: _engine, swap: _device, swapBytes: 4096 * 2);
        ulong[] ids = [.. Enumerable.Range(0, 5).Select(_ => kernel.Start(_ => SwapGuests.Sleeper()))];
        WaitForIdle(kernel, ids);

        SaveReport report = await kernel.Kernel.SaveAllAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(2, report.Saved.Count);
        Assert.Equal(ids.Except(report.Saved), report.Unsaved.Select(unsaved => unsaved.Id));
        Assert.All(report.Unsaved, unsaved => Assert.Contains("full", unsaved.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Saving_WorkerWithoutMachines_WaitsUntilNoOtherCanHandItOne()
    {
        using TestKernel kernel = Start(2);
        ulong id = kernel.Start(_ => SwapGuests.Sleeper());
        WaitForIdle(kernel, [id]);
        var start = new SavingStart(2);
        ulong deadlineNs = kernel.NowNs + (ulong)s_limit.TotalNanoseconds;
        Task first = kernel.Kernel.Workers[0].Saving.BeginAsync(deadlineNs, start);

        // It goes round a few times, and would be done.
        for (int i = 0; i < 3; i++)
        {
            var reply = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            kernel.Kernel.Workers[0].Post(new WorkerCommand
            {
                Index = 0,
                MachineId = 0,
                Kind = WorkerCommandKind.Park,
                Reply = reply,
            });
            Assert.False(await reply.Task.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        }

        Assert.False(first.IsCompleted);
        Task second = kernel.Kernel.Workers[1].Saving.BeginAsync(deadlineNs, start);
        await Task.WhenAll(first, second).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Equal(Residence.Swapped, kernel.Kernel.List(id).Residence);
    }

    [Fact]
    public async Task SaveAll_NoSwapFile_IsRefused()
    {
        using var kernel = new TestKernel();
        KernelException e = await Assert.ThrowsAsync<KernelException>(() => kernel.Kernel.SaveAllAsync(s_limit));
        Assert.Contains("no swap file", e.Message, StringComparison.Ordinal);
    }

    private static void WaitForIdle(TestKernel kernel, IEnumerable<ulong> ids) =>
        Assert.All(ids, id => TestKernel.WaitFor(
            () => kernel.Kernel.List(id).State == MachineState.Idle, $"VM {id} idles"));

    private static void ResumeAll(TestKernel kernel)
    {
        foreach (SavedMachine saved in kernel.Kernel.SavedMachines)
        {
            Assert.Equal(saved.Id, Resume(kernel, saved));
        }
    }

    private static ulong Resume(TestKernel kernel, SavedMachine saved)
    {
        using LoadedImage image = kernel.Load(slot => [slot.Terminate(0)]);
        return kernel.Kernel.Resume(saved, new MachineOptions { Image = image, Observer = kernel.Observer });
    }

    private TestKernel Start(int workers) => new(workers, engine: _engine, swap: _device);

    private int Entries() => _engine.Slots.Sum(slot => slot.EntryCount);
}
