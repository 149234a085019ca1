// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Threading;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>The kick signal waits until somebody takes it, and goes to one thread only.</summary>
public sealed class ThreadSignalTests
{
    private const long Second = 1_000_000_000;
    private const long Long = 30 * Second;

    [Fact]
    public void Wait_NothingSent_LooksAndReturns() => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        Assert.False(ThreadSignal.Wait(0));
    });

    [Fact]
    public void Wait_NothingSent_ReturnsAfterTheTimeout() => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        long start = Stopwatch.GetTimestamp();
        Assert.False(ThreadSignal.Wait(5_000_000));
        Assert.True(Stopwatch.GetElapsedTime(start).TotalMilliseconds >= 5);
    });

    [Fact]
    public void Send_ToABlockedThread_StaysPendingUntilTaken() => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        Assert.True(ThreadSignal.Send(ThreadSignal.CurrentThreadId()));
        Assert.True(ThreadSignal.Wait(0));
        Assert.False(ThreadSignal.Wait(0));
    });

    [Fact]
    public void Send_ToAThreadThatDoesNotBlockIt_DoesNothing() => OwnThread.Run(() =>
    {
        // The signal is handled before the call returns; without a handler it would end the process.
        OwnThread.Run(ThreadSignal.BlockInThisThread);
        Assert.True(ThreadSignal.Send(ThreadSignal.CurrentThreadId()));
    });

    [Fact]
    public void Send_Twice_IsTakenTwice() => OwnThread.Run(() =>
    {
        // Real-time signals queue: whoever takes one must not believe that none is left.
        ThreadSignal.BlockInThisThread();
        Assert.True(ThreadSignal.Send(ThreadSignal.CurrentThreadId()));
        Assert.True(ThreadSignal.Send(ThreadSignal.CurrentThreadId()));
        Assert.True(ThreadSignal.Wait(0));
        Assert.True(ThreadSignal.Wait(0));
        Assert.False(ThreadSignal.Wait(0));
    });

    [Theory]
    [InlineData(Long)]
    [InlineData(-1)]
    public void Send_FromAnotherThread_EndsTheWait(long timeoutNs)
    {
        using var isReady = new ManualResetEventSlim();
        int threadId = 0;
        bool came = false;
        var waiter = new Thread(() =>
        {
            ThreadSignal.BlockInThisThread();
            threadId = ThreadSignal.CurrentThreadId();
            isReady.Set();
            came = ThreadSignal.Wait(timeoutNs);
        });
        waiter.Start();
        isReady.Wait(TestContext.Current.CancellationToken);

        Assert.True(ThreadSignal.Send(threadId));
        Assert.True(waiter.Join(TimeSpan.FromSeconds(60)));
        Assert.True(came);
    }

    [Fact]
    public void Send_ToOneThread_IsNotSeenByAnother() => OwnThread.Run(() =>
    {
        ThreadSignal.BlockInThisThread();
        int first = ThreadSignal.CurrentThreadId();
        OwnThread.Run(() =>
        {
            ThreadSignal.BlockInThisThread();
            Assert.NotEqual(first, ThreadSignal.CurrentThreadId());
            Assert.True(ThreadSignal.Send(first));
            Assert.False(ThreadSignal.Wait(0));
        });
        Assert.True(ThreadSignal.Wait(0));
    });

    [Fact]
    public void Send_ToAThreadThatIsGone_SaysSo()
    {
        int gone = 0;
        OwnThread.Run(() => gone = ThreadSignal.CurrentThreadId());

        // The runtime's thread has ended; Linux may need a moment to forget it.
        Assert.True(SpinWait.SpinUntil(() => !ThreadSignal.Send(gone), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Send_ImpossibleThread_SaysSo()
    {
        Assert.False(ThreadSignal.Send(-1));
        Assert.False(ThreadSignal.Send(int.MaxValue));
    }
}
