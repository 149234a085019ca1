// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Calls a method at a time, once or periodically.</summary>
/// <remarks>
/// <para>The callback runs inside a critical section, on the stack of the thread that happens to run, in the order of
/// the times (those set for the same time in the order in which they were set). It must be short and must not block.
/// It may wake threads, start threads, and set and stop timers, this one included. What takes longer belongs into a
/// thread that the callback wakes. A thread for all timers would cost a stack, which is more memory than many a VM
/// needs in all.</para>
/// <para>Any thread may use a timer; setting and stopping take no memory. A timer that is set must not be freed.</para>
/// </remarks>
public sealed class Timer : DeadlineEntry
{
    private readonly Action _callback;
    private ulong _periodNs;

    /// <summary>Makes a timer that is not set.</summary>
    /// <param name="callback">What to call.</param>
    public Timer(Action callback) => _callback = callback;

    /// <summary>Whether it is set.</summary>
    public bool IsSet => IsQueued;

    /// <summary>Sets it for a time. If it was set already, that no longer holds.</summary>
    /// <param name="dueNs">
    /// Monotonic time in nanoseconds; the past means as soon as possible, <see cref="InstructionPage.Never"/> never.
    /// </param>
    public void SetAt(ulong dueNs) => Set(dueNs, 0);

    /// <summary>Sets it for a duration from now. If it was set already, that no longer holds.</summary>
    /// <param name="delayNs">The duration in nanoseconds.</param>
    public void SetAfter(ulong delayNs) => Set(Clock.After(delayNs), 0);

    /// <summary>Sets it for every multiple of a period from now. If it was set already, that no longer holds.</summary>
    /// <param name="periodNs">The period in nanoseconds, not 0. Calls that come too late are left out.</param>
    public void SetPeriodic(ulong periodNs)
    {
        Panic.Unless(periodNs != 0, "A timer without a period"u8);
        Set(Clock.After(periodNs), periodNs);
    }

    /// <summary>Stops it. Once this returns the callback is not called any more until it is set again.</summary>
    /// <returns>Whether it was set.</returns>
    public bool Stop()
    {
        CriticalSection.Enter();
        _periodNs = 0;
        bool wasSet = Deadlines.Remove(this);
        CriticalSection.Leave();
        return wasSet;
    }

    /// <inheritdoc/>
    internal override void OnDue()
    {
        if (_periodNs != 0)
        {
            ulong nowNs = Clock.MonotonicNs;
            ulong lateNs = nowNs > DueNs ? nowNs - DueNs : 0;
            ulong skipNs = _periodNs * ((lateNs / _periodNs) + 1);
            if (skipNs <= InstructionPage.Never - 1 - DueNs)
            {
                Deadlines.Add(this, DueNs + skipNs);
            }
        }

        _callback();
    }

    private void Set(ulong dueNs, ulong periodNs)
    {
        CriticalSection.Enter();
        _ = Deadlines.Remove(this);
        _periodNs = periodNs;
        if (dueNs != InstructionPage.Never)
        {
            Deadlines.Add(this, dueNs);
            Scheduler.SetTimer();
        }

        CriticalSection.Leave();
    }
}
