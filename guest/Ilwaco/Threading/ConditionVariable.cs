// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Lets threads wait until something that a <see cref="Mutex"/> protects has changed.</summary>
/// <remarks>
/// A waiter wakes up only because of a signal or its deadline, but others may have had the mutex since: check the
/// condition in a loop. Waiters wake up in the order in which they came.
/// </remarks>
public sealed class ConditionVariable
{
    private WaitQueue _waiters;

    /// <summary>Unlocks the mutex, waits for a signal, and locks the mutex again.</summary>
    /// <param name="mutex">The mutex; the current thread has it.</param>
    public void Wait(Mutex mutex) => Wait(mutex, InstructionPage.Never);

    /// <summary>Unlocks the mutex, waits for a signal or a deadline, and locks the mutex again.</summary>
    /// <param name="mutex">The mutex; the current thread has it, and has it again at the end in either case.</param>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    /// <returns>Whether there was a signal.</returns>
    public bool Wait(Mutex mutex, ulong deadlineNs)
    {
        CriticalSection.Enter();
        mutex.HandOver();
        bool signaled = _waiters.Wait(deadlineNs);
        CriticalSection.Leave();
        mutex.Lock();
        return signaled;
    }

    /// <summary>Wakes the thread that has waited longest, if any. The caller need not have the mutex.</summary>
    public void Signal()
    {
        CriticalSection.Enter();
        _ = _waiters.WakeFirst();
        CriticalSection.Leave();
    }

    /// <summary>Wakes all threads that wait. The caller need not have the mutex.</summary>
    public void Broadcast()
    {
        CriticalSection.Enter();
        _waiters.WakeAll();
        CriticalSection.Leave();
    }
}
