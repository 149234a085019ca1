// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>
/// Says when the next directory is to be looked at for changes. Looking works on every file system and needs nothing
/// of the kernel, unlike notification, whose watches are few.
/// </summary>
internal sealed class DirectoryWatch : IDisposable
{
    // A look that took so long is followed by a pause of so many times that: a fiftieth of a core.
    private const int PausePerLook = 50;

    private readonly TimeSpan _interval;
    private readonly Action<string, Action<string, TimeSpan>> _look;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private string _last = string.Empty;
    private bool _isDisposed;

    /// <summary>Starts.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="interval">The pause between two rounds.</param>
    /// <param name="look">Looks at the directory of the site behind a name in their order, and tells which that was,
    /// or nothing at the end of a round, and how long it took.</param>
    internal DirectoryWatch(TimeProvider time, TimeSpan interval, Action<string, Action<string, TimeSpan>> look)
    {
        _interval = interval;
        _look = look;
        _timer = time.CreateTimer(_ => _look(_last, OnLooked), null, interval, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    private void OnLooked(string name, TimeSpan took)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _last = name;
            TimeSpan pause = name.Length == 0 ? _interval : took * PausePerLook;
            _ = _timer.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }
}
