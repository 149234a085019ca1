// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Ilwaco;

/// <summary>A state that threads wait for: while it is set, nobody waits.</summary>
/// <remarks>All methods but the waiting ones may be called from timer callbacks and interrupt handlers.</remarks>
public sealed class Event
{
    private WaitQueue _waiters;
    private volatile bool _isSet;

    /// <summary>Whether it is set.</summary>
    public bool IsSet => _isSet;

    /// <summary>Sets it and wakes all threads that wait.</summary>
    public void Set()
    {
        CriticalSection.Enter();
        _isSet = true;
        _waiters.WakeAll();
        CriticalSection.Leave();
    }

    /// <summary>Resets it.</summary>
    public void Reset() => _isSet = false;

    /// <summary>Waits until it is set.</summary>
    public void Wait() => Wait(InstructionPage.Never);

    /// <summary>Waits until it is set or a deadline passes.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    /// <returns>Whether it was set in time, even if it has been reset since.</returns>
    public bool Wait(ulong deadlineNs)
    {
        CriticalSection.Enter();
        bool set = _isSet || _waiters.Wait(deadlineNs);
        CriticalSection.Leave();
        return set;
    }
}
