// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>Looks at a kernel's alarms, and tells of each when it goes on and when it goes off.</summary>
public sealed class KernelAlarmWatch : IDisposable
{
    /// <summary>How long after a look the next one comes: soon for whoever sees to it, and next to no work.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Func<IEnumerable<KernelAlarm>> _look;
    private readonly Action<KernelAlarm, bool> _tell;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private KernelAlarm[] _on = [];
    private bool _isDisposed;

    /// <summary>Starts to look.</summary>
    /// <param name="look">Tells which alarms are on, at most one of a kind.</param>
    /// <param name="tell">Is told of an alarm, and whether it is on. What it says in numbers may change meanwhile, of
    /// which nothing is told. On a thread of the clock; must not throw.</param>
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

            KernelAlarm[] now = [.. _look()];
            foreach (KernelAlarm over in _on.Where(alarm => now.All(other => other.Kind != alarm.Kind)))
            {
                _tell(over, false);
            }

            foreach (KernelAlarm other in now.Where(alarm => _on.All(before => before.Kind != alarm.Kind)))
            {
                _tell(other, true);
            }

            _on = now;
            _ = _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }
}
