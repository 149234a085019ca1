// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Denali.Control.Tests;

/// <summary>A clock that a test moves. Timers call back on the test's thread.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private long _nowTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long each timer that runs has left, the shortest first.</summary>
    internal TimeSpan[] Waiting
    {
        get
        {
            lock (_gate)
            {
                return [.. _timers.Select(timer => new TimeSpan(timer.DueTicks - _nowTicks)).Order()];
            }
        }
    }

    public override long GetTimestamp() => Volatile.Read(ref _nowTicks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        _ = timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass, and what is due happen.</summary>
    internal void Advance(TimeSpan time)
    {
        FakeTimer[] due;
        lock (_gate)
        {
            _nowTicks += time.Ticks;
            due = [.. _timers.Where(timer => timer.DueTicks <= _nowTicks)];
            _ = _timers.RemoveAll(timer => timer.DueTicks <= _nowTicks);
        }

        Array.ForEach(due, timer => timer.Callback());
    }

    /// <summary>A timer that comes once; nothing here needs one that comes again.</summary>
    private sealed class FakeTimer(FakeTime time, Action callback) : ITimer
    {
        internal Action Callback { get; } = callback;

        internal long DueTicks { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _ = time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueTicks = time._nowTicks + dueTime.Ticks;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => _ = Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public System.Threading.Tasks.ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
