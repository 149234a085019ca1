// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Scheduling;

/// <summary>Who is let in: up to the limits, in turn, and the newest not at all when it is too much.</summary>
public sealed class AdmissionTests
{
    private const ulong BaseBytes = 0x4000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Group_MachineLimit_RefusesTheNewestWithTheCure()
    {
        using var kernel = new TestKernel();
        using LoadedImage image = kernel.Load(_ => Sleeper());
        var group = new MachineGroup("small", machineLimit: 2);
        ulong first = kernel.Kernel.Create(Options(kernel, image, group));
        kernel.Kernel.Create(Options(kernel, image, group));

        KernelException e = Assert.Throws<KernelException>(() => kernel.Kernel.Create(Options(kernel, image, group)));
        Assert.Equal(
            "the group 'small' has 2 VMs, which is its most: end one of them, or raise its limit", e.Message);
        kernel.Kernel.Create(Options(kernel, image, null));

        kernel.Kernel.Kill(first);
        kernel.Observer.WaitForEnd(first);
        kernel.Kernel.Create(Options(kernel, image, group));
        Assert.Equal((2, 2 * BaseBytes), (group.MachineCount, group.ChargedBytes));
    }

    [Fact]
    public void Group_MemoryLimit_EndsTheMachineThatAsksForMoreAndNoOther()
    {
        using var kernel = new TestKernel();
        using LoadedImage image = kernel.Load(_ => Eater());
        var group = new MachineGroup("small", machineLimit: 10, (2 * BaseBytes) + AddressMap.ChunkBytes);
        ulong first = kernel.Kernel.Create(Options(kernel, image, group));
        TestKernel.WaitFor(() => group.ChargedBytes == BaseBytes + AddressMap.ChunkBytes, "it has eaten");
        ulong second = kernel.Kernel.Create(Options(kernel, image, group));

        Assert.Equal(ExitCause.OutOfMemory, kernel.Observer.WaitForEnd(second).Cause);
        var tiny = new MachineGroup("tiny", machineLimit: 10, BaseBytes - 1);
        KernelException e = Assert.Throws<KernelException>(() => kernel.Kernel.Create(Options(kernel, image, tiny)));
        Assert.Contains("has used up its memory", e.Message, StringComparison.Ordinal);
        kernel.Kernel.RequestTermination(first);
        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(first).Cause);

        static IEnumerable<EngineExit> Eater()
        {
            yield return FakeSlot.Touch(0x6_0000);
            yield return FakeSlot.Here.Idle();
            yield return FakeSlot.Here.Terminate(0);
        }
    }

    [Fact]
    public async Task CreateAsync_NoMemory_WaitsInTurn()
    {
        var gatekeeper = new CountingGatekeeper { MemoryLimit = BaseBytes };
        using var kernel = new TestKernel(gatekeeper: gatekeeper);
        using LoadedImage image = kernel.Load(_ => Sleeper());
        ulong running = kernel.Kernel.Create(Options(kernel, image, null));
        var order = new List<int>();
        Task<ulong>[] waiting =
        [
            .. Enumerable.Range(0, 3).Select(async i =>
            {
                ulong id = await kernel.Kernel.CreateAsync(
                    Options(kernel, image, null), TestObserver.Limit, Cancellation);
                lock (order)
                {
                    order.Add(i);
                }

                return id;
            }),
        ];

        // One who does not wait does not overtake.
        KernelException e = Assert.Throws<KernelException>(() => kernel.Kernel.Create(Options(kernel, image, null)));
        Assert.Equal(AdmissionLine.OthersWait, e.Message);
        foreach (Task<ulong> one in waiting)
        {
            Assert.False(one.IsCompleted);
            kernel.Kernel.Kill(running);
            running = await one.WaitAsync(TestObserver.Limit, Cancellation);
        }

        Assert.Equal([0, 1, 2], order);
    }

    [Fact]
    public async Task CreateAsync_TimeIsUp_TellsWhyAndLetsTheNextOneTry()
    {
        var gatekeeper = new CountingGatekeeper { MemoryLimit = BaseBytes };
        using var kernel = new TestKernel(gatekeeper: gatekeeper);
        using LoadedImage image = kernel.Load(_ => Sleeper());
        ulong running = kernel.Kernel.Create(Options(kernel, image, null));
        Task<ulong> brief = kernel.Kernel.CreateAsync(
            Options(kernel, image, null), TimeSpan.FromMilliseconds(50), Cancellation);
        Task<ulong> patient = kernel.Kernel.CreateAsync(Options(kernel, image, null), TestObserver.Limit, Cancellation);
        Assert.Equal("full", (await Assert.ThrowsAsync<KernelException>(() => brief)).Message);
        kernel.Kernel.Kill(running);

        Assert.NotEqual(0u, await patient);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task CreateAsync_GivenUp_LeavesTheLineAtOnce(int place)
    {
        var gatekeeper = new CountingGatekeeper { MemoryLimit = BaseBytes };
        using var kernel = new TestKernel(gatekeeper: gatekeeper);
        using LoadedImage image = kernel.Load(_ => Sleeper());
        ulong running = kernel.Kernel.Create(Options(kernel, image, null));
        using var givenUp = new CancellationTokenSource();
        Task<ulong>[] waiting =
        [
            .. Enumerable.Range(0, 2).Select(i => kernel.Kernel.CreateAsync(
                Options(kernel, image, null), TimeSpan.FromHours(1), i == place ? givenUp.Token : Cancellation)),
        ];

        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[place].WaitAsync(
            TestObserver.Limit, Cancellation));
        kernel.Kernel.Kill(running);

        Assert.NotEqual(0u, await waiting[1 - place].WaitAsync(
            TestObserver.Limit, Cancellation));
    }

    [Fact]
    public async Task Line_Full_SendsTheNewestAway()
    {
        var line = new AdmissionLine(TimeProvider.System);
        bool isOpen = false;
        Task[] waiting =
        [
            .. Enumerable.Range(0, AdmissionLine.WaitingMax)
                .Select(_ => line.RunAsync(() => isOpen ? null : "no", TestObserver.Limit, Cancellation)),
        ];
        Assert.Contains(
            "wait to be let in already",
            (await Assert.ThrowsAsync<KernelException>(
                () => line.RunAsync(() => null, TestObserver.Limit, Cancellation))).Message,
            StringComparison.Ordinal);
        isOpen = true;
        await Task.WhenAll(waiting);
        Assert.Equal(0, line.Count);
    }

    [Fact]
    public async Task Line_LetInEarly_LeavesNoTimerBehind()
    {
        var time = new CountingTime();
        var line = new AdmissionLine(time);
        using var isOpen = new SemaphoreSlim(0);
        Task first = line.RunAsync(() => isOpen.Wait(0) ? null : "no", TestObserver.Limit, Cancellation);
        Task second = line.RunAsync(() => null, TimeSpan.FromHours(1), Cancellation);
        Assert.NotEqual(0, time.Timers);
        isOpen.Release();
        await Task.WhenAll(first, second);

        // This may still be within what disposes it.
        await Task.Yield();
        TestKernel.WaitFor(() => time.Timers == 0, "no timer is left");
    }

    private static MachineOptions Options(TestKernel kernel, LoadedImage image, MachineGroup? group) =>
        new() { Image = image, Observer = kernel.Observer, Group = group };

    private static IEnumerable<EngineExit> Sleeper()
    {
        yield return FakeSlot.Here.Idle();
        yield return FakeSlot.Here.Terminate(1);
    }

    /// <summary>The system's time, which counts the timers that there are.</summary>
    private sealed class CountingTime : TimeProvider
    {
        private readonly HashSet<ITimer> _timers = [];

        /// <summary>Timers that were neither disposed nor have gone off.</summary>
        internal int Timers
        {
            get
            {
                lock (_timers)
                {
                    return _timers.Count;
                }
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new CountedTimer(this);
            lock (_timers)
            {
                _timers.Add(timer);
            }

            timer.Inner = base.CreateTimer(
                to =>
                {
                    Remove(timer);
                    callback(to);
                },
                state,
                dueTime,
                period);
            return timer;
        }

        private void Remove(ITimer timer)
        {
            lock (_timers)
            {
                _timers.Remove(timer);
            }
        }

        private sealed class CountedTimer(CountingTime time) : ITimer
        {
            internal ITimer? Inner { get; set; }

            public bool Change(TimeSpan dueTime, TimeSpan period) => Inner!.Change(dueTime, period);

            public void Dispose()
            {
                time.Remove(this);
                Inner?.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
