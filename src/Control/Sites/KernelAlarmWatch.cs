// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>Looks at a kernel's alarms, and tells of each when it goes on and when it goes off.</summary>
public sealed class KernelAlarmWatch : IDisposable
{
    /// <summary>For how many looks in a row its cause has to be away before an alarm is over: a swap file that is full
    /// takes a write now and then, and nobody is to be told of each.</summary>
    internal const int AwayLooks = 10;

    /// <summary>How long after a look the next one comes: soon for whoever sees to it, and next to no work.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Func<IEnumerable<KernelAlarm>> _look;
    private readonly Action<KernelAlarm, bool> _tell;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly Dictionary<KernelAlarmKind, Lit> _on = [];
    private bool _isDisposed;

    /// <summary>Starts to look.</summary>
    /// <param name="look">Tells which alarms are on, at most one of a kind.</param>
    /// <param name="tell">Is told of an alarm, and whether it is on; again when its count grows. What else it says in
    /// numbers may change meanwhile, of which nothing is told. On a thread of the clock; must not throw.</param>
    /// <param name="time">The clock.</param>
    public KernelAlarmWatch(
        Func<IEnumerable<KernelAlarm>> look, Action<KernelAlarm, bool> tell, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _look = look;
        _tell = tell;
        lock (_gate)
        {
            _timer = time.CreateTimer(_ => Look(), null, Interval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Looks no more; a look that is under way is waited for.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            Compare([.. _look()]);
            _ = _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Compare(KernelAlarm[] now)
    {
        foreach (Lit lit in _on.Values.Where(lit => now.All(alarm => alarm.Kind != lit.Alarm.Kind)).ToArray())
        {
            if (lit.Away + 1 < AwayLooks)
            {
                _on[lit.Alarm.Kind] = lit with { Away = lit.Away + 1 };
            }
            else
            {
                _ = _on.Remove(lit.Alarm.Kind);
                _tell(lit.Alarm, false);
            }
        }

        foreach (KernelAlarm alarm in now)
        {
            bool isNews = !_on.TryGetValue(alarm.Kind, out Lit before) || alarm.Count > before.Alarm.Count;
            _on[alarm.Kind] = new Lit(alarm, Away: 0);
            if (isNews)
            {
                _tell(alarm, true);
            }
        }
    }

    // An alarm that is on, as it was last seen, and for how many looks its cause has been away since.
    private readonly record struct Lit(KernelAlarm Alarm, int Away);
}
