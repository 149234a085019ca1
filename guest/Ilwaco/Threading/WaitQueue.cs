// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Threads that wait for one thing, in the order in which they came. The links are in the threads.</summary>
/// <remarks>
/// Preconditions: everything happens inside a critical section, <see cref="Wait"/> inside the outermost. A thread whose
/// deadline passes takes itself out when it next runs; until then it may still be woken, and then it was woken in time.
/// </remarks>
internal struct WaitQueue
{
    private GuestThread? _first;
    private GuestThread? _last;

    /// <summary>Whether nobody waits.</summary>
    internal readonly bool IsEmpty => _first is null;

    /// <summary>Lets the current thread wait until it is woken or the deadline passes.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    /// <returns>Whether it was woken.</returns>
    internal bool Wait(ulong deadlineNs)
    {
        Panic.Unless(CriticalSection.IsOutermost, "Blocked inside a critical section"u8);
        if (deadlineNs != InstructionPage.Never && deadlineNs <= Clock.MonotonicNs)
        {
            return false;
        }

        GuestThread current = GuestThread.Current;
        AddLast(current);
        current.IsSignaled = false;
        Scheduler.BlockUntil(deadlineNs);
        if (!current.IsSignaled)
        {
            Remove(current);
        }

        return current.IsSignaled;
    }

    /// <summary>Wakes the thread that has waited longest.</summary>
    /// <returns>The thread, or null if nobody waits.</returns>
    internal GuestThread? WakeFirst()
    {
        GuestThread? thread = _first;
        if (thread is not null)
        {
            Remove(thread);
            thread.IsSignaled = true;

            // If its deadline has just passed, it is ready already.
            if (thread.State == ThreadState.Blocked)
            {
                Scheduler.Wake(thread);
            }
        }

        return thread;
    }

    /// <summary>Wakes all threads.</summary>
    internal void WakeAll()
    {
        while (WakeFirst() is not null)
        {
        }
    }

    private void AddLast(GuestThread thread)
    {
        thread.NextWaiter = null;
        thread.PreviousWaiter = _last;
        if (_last is null)
        {
            _first = thread;
        }
        else
        {
            _last.NextWaiter = thread;
        }

        _last = thread;
    }

    private void Remove(GuestThread thread)
    {
        if (thread.PreviousWaiter is null)
        {
            _first = thread.NextWaiter;
        }
        else
        {
            thread.PreviousWaiter.NextWaiter = thread.NextWaiter;
        }

        if (thread.NextWaiter is null)
        {
            _last = thread.PreviousWaiter;
        }
        else
        {
            thread.NextWaiter.PreviousWaiter = thread.PreviousWaiter;
        }

        thread.NextWaiter = null;
        thread.PreviousWaiter = null;
    }
}
