// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace Denali.Kernel.Network;

/// <summary>Lets one waiter at a time wait for something to be looked at again, without allocating.</summary>
/// <remarks>A signal without a waiter is kept: the next wait ends at once.</remarks>
internal sealed class AsyncSignal : IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private bool _isSet;
    private bool _isWaiting;

    /// <summary>Waits for the next signal.</summary>
    /// <param name="cancellation">Ends the wait with an exception.</param>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    internal ValueTask WaitAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_isWaiting)
            {
                throw new InvalidOperationException("one read and one write at a time: wait for the first to end");
            }

            if (_isSet)
            {
                _isSet = false;
                return ValueTask.CompletedTask;
            }

            _core.Reset();
            _isWaiting = true;
        }

        // Outside of the lock: a token that is cancelled already calls back at once.
        _registration = cancellation.UnsafeRegister(static (state, token) => ((AsyncSignal)state!).Cancel(token), this);
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Ends the wait, or the next one. Any thread; never blocks for long.</summary>
    internal void Set()
    {
        lock (_lock)
        {
            if (!_isWaiting)
            {
                _isSet = true;
                return;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        _ = _core.GetResult(token);
    }

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.SetException(new OperationCanceledException(cancellation));
    }
}
