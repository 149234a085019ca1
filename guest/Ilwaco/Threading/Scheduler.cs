// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Decides which thread runs. Used inside critical sections.</summary>
/// <remarks>
/// <para>Of the ready threads with the highest priority, the first in their queue runs. It runs until it waits, until
/// one of a higher priority becomes ready, or, if others of its priority are ready, for a time slice. A thread that a
/// higher one takes over from keeps the rest of its slice and its place.</para>
/// <para>While no thread can run, the VM idles: here and nowhere else, on the stack of the thread that ran last.</para>
/// <para>The timer register holds the end of the slice or the next deadline. The kernel reads it when the VM leaves the
/// processor, which happens at least once a quantum. So a deadline that is nearer makes the VM leave at once, for the
/// kernel to see it. That costs an exit, only while threads run, and at most one in <see cref="GraceNs"/>: else a
/// thread with a high priority that sleeps for as long as an exit takes would keep all others from running.</para>
/// </remarks>
internal static unsafe class Scheduler
{
    /// <summary>How long a thread runs before others of its priority have their turn.</summary>
    internal const ulong SliceNs = 10_000_000;

    // The kernel looks at the timer register at least that often: its quantum.
    private const ulong LookNs = 5_000_000;

    // While threads run, deadlines may act that much late.
    private const ulong GraceNs = 100_000;

    // No other thread of the running thread's priority is ready.
    private const ulong NoSlice = InstructionPage.Never;

    private static ReadyQueues s_ready = null!;
    private static GuestThread s_current = null!;
    private static ulong s_sliceEndNs;

    // The nearest deadline that the kernel was shown. It has looked again if that is past.
    private static ulong s_seenDeadlineNs;
    private static bool s_isSwitchDue;
    private static bool s_isSliceOver;

    // A thread that ended and was running until this switch: its stack is free only behind the switch.
    private static GuestThread? s_ended;

    /// <summary>The thread that runs, or that ran last if the VM idles.</summary>
    internal static GuestThread Current => s_current;

    /// <summary>Whether another thread could run now.</summary>
    internal static bool HasReady => s_ready.HighestPriority >= 0;

    /// <summary>Switches between threads so far.</summary>
    internal static ulong SwitchCount { get; private set; }

    /// <summary>Makes the caller's thread the boot thread and lets the kernel interrupt the VM.</summary>
    internal static void Initialize()
    {
        s_sliceEndNs = NoSlice;
        s_seenDeadlineNs = InstructionPage.Never;
        s_ready = new ReadyQueues();
        s_current = GuestThread.CreateBoot();
        VirtualRegisters.Page->TimerDeadlineNs = InstructionPage.Never;
        VirtualRegisters.Page->UpcallEntry = (ulong)Native.UpcallEntryAddress();
    }

    /// <summary>Makes a thread ready that is new, or that waited and need not wait any more.</summary>
    internal static void Wake(GuestThread thread)
    {
        _ = Deadlines.Remove(thread);
        thread.SliceLeftNs = SliceNs;
        s_ready.AddLast(thread);
        if (s_current.State != ThreadState.Running)
        {
            // The VM idles and looks for itself.
            return;
        }

        if (thread.Priority > s_current.Priority)
        {
            s_isSwitchDue = true;
        }
        else if (thread.Priority == s_current.Priority && s_sliceEndNs == NoSlice)
        {
            s_sliceEndNs = Clock.MonotonicNs + s_current.SliceLeftNs;
            SetTimer();
        }
    }

    /// <summary>Lets the current thread wait until it is woken or the deadline passes.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    internal static void BlockUntil(ulong deadlineNs)
    {
        Panic.Unless(CriticalSection.IsOutermost, "Blocked inside a critical section"u8);
        if (deadlineNs != InstructionPage.Never)
        {
            Deadlines.Add(s_current, deadlineNs);
        }

        s_current.State = ThreadState.Blocked;
        SwitchToNext();
    }

    /// <summary>Lets ready threads of the same or a higher priority go first.</summary>
    internal static void Yield()
    {
        Panic.Unless(CriticalSection.IsOutermost, "Yielded inside a critical section"u8);
        if (s_ready.HighestPriority >= s_current.Priority)
        {
            s_current.SliceLeftNs = SliceNs;
            s_ready.AddLast(s_current);
            SwitchToNext();
        }
    }

    /// <summary>Ends the current thread. Does not return.</summary>
    [DoesNotReturn]
    internal static void End()
    {
        Panic.Unless(CriticalSection.IsOutermost, "Ended a thread inside a critical section"u8);
        s_current.State = ThreadState.Blocked;
        s_ended = s_current;
        SwitchToNext();
        Panic.Because("An ended thread runs"u8);
    }

    /// <summary>Switches if the current thread's turn is over.</summary>
    internal static void SwitchIfDue()
    {
        if (!s_isSwitchDue)
        {
            return;
        }

        // The slice may end at the same time as a higher thread becomes ready.
        if (TakeRestOfSlice() == 0)
        {
            s_current.SliceLeftNs = SliceNs;
            s_ready.AddLast(s_current);
        }
        else
        {
            s_ready.AddFirst(s_current);
        }

        SwitchToNext();
    }

    /// <summary>The timer interrupt: the end of the slice or the next deadline, or both, may have come.</summary>
    internal static void OnTimer()
    {
        ulong nowNs = Clock.MonotonicNs;
        s_seenDeadlineNs = InstructionPage.Never;
        Deadlines.Expire(nowNs);
        if (s_sliceEndNs <= nowNs && s_current.State == ThreadState.Running)
        {
            s_isSliceOver = true;
            s_isSwitchDue = true;
        }

        SetTimer();
    }

    /// <summary>
    /// Tells the kernel when to interrupt. To be called when a deadline was added that may be the next.
    /// </summary>
    internal static void SetTimer()
    {
        ulong deadlineNs = Math.Min(s_sliceEndNs, Deadlines.NextNs);
        VirtualRegisters.Page->TimerDeadlineNs = deadlineNs;
        if (deadlineNs == InstructionPage.Never || s_current.State != ThreadState.Running)
        {
            return;
        }

        ulong nowNs = Clock.MonotonicNs;
        bool isSeenInTime = s_seenDeadlineNs > nowNs && s_seenDeadlineNs <= Math.Max(deadlineNs, nowNs + GraceNs);
        if (deadlineNs < nowNs + LookNs && !isSeenInTime)
        {
            s_seenDeadlineNs = Math.Max(deadlineNs, nowNs + GraceNs);
            VirtualRegisters.Page->TimerDeadlineNs = s_seenDeadlineNs;

            // Any doorbell will do.
            VirtualInstructions.Doorbell(Device.Console);
        }
    }

    /// <summary>What comes behind every switch, on the stack of the thread that was switched to.</summary>
    internal static void FinishSwitch()
    {
        if (s_ended is { } ended)
        {
            s_ended = null;
            ended.Bury();
        }
    }

    private static ulong TakeRestOfSlice()
    {
        if (s_isSliceOver)
        {
            return 0;
        }

        if (s_sliceEndNs != NoSlice)
        {
            ulong nowNs = Clock.MonotonicNs;
            s_current.SliceLeftNs = s_sliceEndNs > nowNs ? s_sliceEndNs - nowNs : 0;
        }

        return s_current.SliceLeftNs;
    }

    private static void SwitchToNext()
    {
        GuestThread? next = s_ready.TakeFirst();
        while (next is null)
        {
            Idle();
            next = s_ready.TakeFirst();
        }

        GuestThread previous = s_current;
        s_current = next;
        next.State = ThreadState.Running;
        s_isSwitchDue = false;
        s_isSliceOver = false;
        s_sliceEndNs = s_ready.HasAny(next.Priority) ? Clock.MonotonicNs + next.SliceLeftNs : NoSlice;
        SetTimer();
        if (next != previous)
        {
            SwitchCount++;
            fixed (nint* saved = &previous.StackPointer)
            {
                Native.Switch((void**)saved, (void*)next.StackPointer);
            }

            FinishSwitch();
        }
    }

    private static void Idle()
    {
        // Whatever wakes the VM, the kernel has seen this deadline by then: nobody has to leave again to show it.
        ulong deadlineNs = Deadlines.NextNs;
        VirtualRegisters.Page->TimerDeadlineNs = deadlineNs;
        s_seenDeadlineNs = deadlineNs;
        s_sliceEndNs = NoSlice;
        ThreadStack.ClearUnused();
        Interrupts.Handle((InterruptBits)Native.Idle(deadlineNs));
    }
}
