// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Lets one thread at a time have something.</summary>
/// <remarks>
/// <para>Threads get it in the order in which they asked for it, whatever their priorities; unlocking hands it to the
/// next one directly. Priorities are not inherited: an owner with a low priority that is kept from running keeps those
/// that wait from running too, so threads that share a mutex should have about the same priority.</para>
/// <para>A thread must not lock what it has already; that panics. Not for timer callbacks and interrupt
/// handlers.</para>
/// </remarks>
public sealed class Mutex
{
    private GuestThread? _owner;
    private WaitQueue _waiters;

    /// <summary>Whether the current thread has it.</summary>
    public bool IsHeld => _owner == GuestThread.Current;

    /// <summary>Waits until it is free and takes it.</summary>
    public void Lock() => TryLock(InstructionPage.Never);

    /// <summary>Takes it if it is free.</summary>
    /// <returns>Whether it was.</returns>
    public bool TryLock() => TryLock(0);

    /// <summary>Waits until it is free or a deadline passes, and takes it.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    /// <returns>Whether the current thread has it now.</returns>
    public bool TryLock(ulong deadlineNs)
    {
        CriticalSection.Enter();
        GuestThread current = GuestThread.Current;
        Panic.Unless(_owner != current, "A thread locked a mutex that it has already"u8);
        bool locked = _owner is null;
        if (locked)
        {
            _owner = current;
        }
        else if (deadlineNs != 0)
        {
            // Whoever unlocks makes the woken thread the owner.
            locked = _waiters.Wait(deadlineNs);
        }

        CriticalSection.Leave();
        return locked;
    }

    /// <summary>Gives it back. The current thread must have it.</summary>
    public void Unlock()
    {
        CriticalSection.Enter();
        HandOver();
        CriticalSection.Leave();
    }

    /// <summary>As <see cref="Unlock"/>, for a caller that is inside a critical section.</summary>
    internal void HandOver()
    {
        Panic.Unless(_owner == GuestThread.Current, "A thread unlocked a mutex that it does not have"u8);
        _owner = _waiters.WakeFirst();
    }
}
