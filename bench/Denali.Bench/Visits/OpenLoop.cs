// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Denali.Linux;

namespace Denali.Bench.Visits;

/// <summary>
/// Visitors that come when they come, whether or not those before them have been served: at random moments (a Poisson
/// process). The time of a visit counts from the moment that was meant for it, so one that had to wait for a visitor,
/// or for this thread, is not seen as faster than it was (coordinated omission).
/// </summary>
internal sealed class OpenLoop(ClientHost host, PageSet pages) : Crew(host, pages)
{
    // Beyond so many at a time visits stand in line, with the time running.
    private const int VisitorMax = 4096;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Stack<Visitor> _idle = new();
    private readonly Queue<(int Page, long Ticks)> _line = new();
    private Action<Visitor> _seen = static _ => { };
    private int _made;
    private long _finished;
    private int _isAbandoned;

    /// <summary>Makes visits for some time, and waits for their end.</summary>
    /// <param name="next">The next page; called inside of the stack.</param>
    /// <param name="perSecond">How many visits per second.</param>
    /// <param name="duration">How long.</param>
    /// <param name="seen">Told of each visit that was made, inside of the stack.</param>
    /// <returns>How many visits were made.</returns>
    /// <exception cref="IOException">A page was not had, or not within a minute after the end.</exception>
    internal long Run(Func<int> next, double perSecond, TimeSpan duration, Action<Visitor> seen)
    {
        _seen = seen;
        long begun = 0;
        var thread = new Thread(() => begun = Pace(next, perSecond, duration)) { Name = "bench-visitors" };
        thread.Start();
        thread.Join();
        bool isOver = SpinWait.SpinUntil(() => Volatile.Read(ref _finished) == begun || _isAbandoned != 0, s_patience);
        ThrowIfFailed();
        return isOver ? begun : throw new IOException($"{begun - _finished} of {begun} visits did not end");
    }

    internal override void Finish(Visitor visitor)
    {
        _seen(visitor);
        Volatile.Write(ref _finished, _finished + 1);
        if (_line.TryDequeue(out (int Page, long Ticks) waiting))
        {
            visitor.Begin(waiting.Page, waiting.Ticks);
        }
        else
        {
            _idle.Push(visitor);
        }
    }

    // Whoever waits for the visits need not wait any more.
    protected override void Abandon(Visitor visitor) => Volatile.Write(ref _isAbandoned, 1);

    private long Pace(Func<int> next, double perSecond, TimeSpan duration)
    {
        // The signal never comes: waiting for it is a sleep that is exact.
        ThreadSignal.BlockInThisThread();

        // Visitors do not wait for the servers' processors to come. Where that is not allowed they do, and their times
        // have it in them, whoever serves.
        _ = RealTimeThread.TryBecome();
        TimeProvider time = TimeProvider.System;
        double ticksPerVisit = time.TimestampFrequency / perSecond;
        var random = new Random(1);
        long now = time.GetTimestamp();
        long end = now + (long)(duration.TotalSeconds * time.TimestampFrequency);
        double due = now;
        long begun = 0;
        while (due < end && _isAbandoned == 0)
        {
            if (due > now)
            {
                _ = ThreadSignal.Wait((long)((due - now) / time.TimestampFrequency * 1e9));
            }

            Host.Enter();
            for (now = time.GetTimestamp(); due <= now && due < end; begun++)
            {
                Begin(next(), (long)due);
                due -= Math.Log(1 - random.NextDouble()) * ticksPerVisit;
            }

            Host.Leave();
            now = time.GetTimestamp();
        }

        return begun;
    }

    private void Begin(int page, long ticks)
    {
        if (_idle.TryPop(out Visitor? visitor))
        {
            visitor.Begin(page, ticks);
        }
        else if (_made < VisitorMax)
        {
            _made++;
            new Visitor(this).Begin(page, ticks);
        }
        else
        {
            _line.Enqueue((page, ticks));
        }
    }
}
