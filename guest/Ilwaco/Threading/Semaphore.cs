// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Counts something that threads take, and wait for if there is none.</summary>
/// <remarks>
/// Threads get it in the order in which they asked for it. <see cref="Release"/> may be called from timer callbacks and
/// interrupt handlers: it is the usual way to tell a thread about them.
/// </remarks>
public sealed class Semaphore
{
    private WaitQueue _waiters;
    private volatile uint _count;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="count">How much there is at first.</param>
    public Semaphore(uint count = 0) => _count = count;

    /// <summary>How much there is.</summary>
    public uint Count => _count;

    /// <summary>Waits until there is one and takes it.</summary>
    public void Wait() => TryWait(InstructionPage.Never);

    /// <summary>Takes one if there is one.</summary>
    /// <returns>Whether there was.</returns>
    public bool TryWait() => TryWait(0);

    /// <summary>Waits until there is one or a deadline passes, and takes it.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    /// <returns>Whether the current thread got one.</returns>
    public bool TryWait(ulong deadlineNs)
    {
        CriticalSection.Enter();
        bool taken = _count != 0;
        if (taken)
        {
            _count--;
        }
        else if (deadlineNs != 0)
        {
            // Whoever releases one gives it to the woken thread.
            taken = _waiters.Wait(deadlineNs);
        }

        CriticalSection.Leave();
        return taken;
    }

    /// <summary>Adds some. Panics if there were more than 2^32-1.</summary>
    /// <param name="count">How many.</param>
    public void Release(uint count = 1)
    {
        CriticalSection.Enter();
        while (count != 0 && _waiters.WakeFirst() is not null)
        {
            count--;
        }

        Panic.Unless(count <= uint.MaxValue - _count, "A semaphore overflowed"u8);
        _count += count;
        CriticalSection.Leave();
    }
}
