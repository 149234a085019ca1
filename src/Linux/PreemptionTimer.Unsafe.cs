// SPDX-License-Identifier: MIT
using System;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>Sends <see cref="ThreadSignal"/> to the thread that made it, once, at a given time.</summary>
/// <remarks>Only that thread may use it.</remarks>
public sealed unsafe class PreemptionTimer : IDisposable
{
    private readonly nint _timer;
    private bool _disposed;

    /// <summary>Makes a timer for the calling thread.</summary>
    /// <exception cref="LinuxException">The host has no timers left.</exception>
    public PreemptionTimer()
    {
        var settings = new SigEvent
        {
            Notify = Libc.SIGEV_THREAD_ID,
            Signal = ThreadSignal.Number,
            ThreadId = ThreadSignal.CurrentThreadId(),
        };
        nint timer;

        // SAFETY: both live on this stack for the length of the call.
        if (Libc.timer_create(Libc.CLOCK_MONOTONIC, &settings, &timer) != 0)
        {
            throw LinuxException.FromLastError("timer_create");
        }

        _timer = timer;
    }

    /// <summary>Sets the timer, in place of any earlier setting.</summary>
    /// <param name="delayNs">Nanoseconds from now, at least 1.</param>
    public void Arm(long delayNs) => Set(Math.Max(delayNs, 1));

    /// <summary>Stops the timer. A signal that it sent may still be pending.</summary>
    public void Disarm() => Set(0);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ = Libc.timer_delete(_timer);
        }
    }

    private void Set(long delayNs)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ITimerSpec spec = new() { Value = Timespec.FromNanoseconds(delayNs) };

        // SAFETY: the setting lives on this stack for the length of the call.
        if (Libc.timer_settime(_timer, 0, &spec, null) != 0)
        {
            throw LinuxException.FromLastError("timer_settime");
        }
    }
}
