// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>A thread of the VM.</summary>
/// <remarks>
/// <para>Threads are preemptive: see <see cref="ThreadPriority"/>. Each has one of the stacks that the image asked for,
/// so there are at most as many threads as stacks; a stack is used again as soon as its thread has ended.</para>
/// <para>The boot thread runs <c>Main</c>. When that returns the VM ends with its result, whatever other threads
/// do.</para>
/// <para>An ended thread's object stays until it is given back: by <see cref="Heap.Free(object)"/> after
/// <see cref="Join"/>, or by itself after <see cref="Detach"/>.</para>
/// </remarks>
public sealed unsafe class GuestThread : DeadlineEntry
{
    private static volatile int s_count;

    /// <summary>Where <see cref="Native.Switch"/> keeps the stack pointer of a thread that does not run.</summary>
    internal nint StackPointer;

    private readonly delegate*<void*, void> _function;
    private readonly void* _argument;
    private readonly Action? _action;
    private WaitQueue _joiners;
    private uint _stack;
    private bool _isDetached;

    // Volatile here and in what else a thread may look at in a loop: others change it between any two instructions.
    private volatile ThreadState _state;

    private GuestThread(int priority, string? name)
    {
        Panic.Unless((uint)priority < ThreadPriority.Count, "A thread priority that does not exist"u8);
        Priority = priority;
        Name = name;
        SliceLeftNs = Scheduler.SliceNs;
    }

    private GuestThread(Action action, int priority, string? name)
        : this(priority, name) => _action = action;

    private GuestThread(delegate*<void*, void> function, void* argument, int priority, string? name)
        : this(priority, name)
    {
        _function = function;
        _argument = argument;
    }

    /// <summary>The thread that runs.</summary>
    public static GuestThread Current => Scheduler.Current;

    /// <summary>Threads that have started and not ended.</summary>
    public static int Count => s_count;

    /// <summary>Its name, if it was given one.</summary>
    public string? Name { get; }

    /// <summary>Its priority, from 0 to <see cref="ThreadPriority.Highest"/>; it does not change.</summary>
    public int Priority { get; }

    /// <summary>Whether it waits for another thread, an interrupt or a time.</summary>
    public bool IsBlocked => State == ThreadState.Blocked;

    /// <summary>Whether it has run to its end.</summary>
    public bool HasEnded => State == ThreadState.Ended;

    /// <summary>What it is doing.</summary>
    internal ThreadState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Whether its last wait ended because it was woken, and not because of the deadline.</summary>
    internal bool IsSignaled { get; set; }

    /// <summary>How long it may still run when others of its priority are ready.</summary>
    internal ulong SliceLeftNs { get; set; }

    /// <summary>Next in its ready queue.</summary>
    internal GuestThread? NextReady { get; set; }

    /// <summary>Next in the queue that it waits in.</summary>
    internal GuestThread? NextWaiter { get; set; }

    /// <summary>Previous in the queue that it waits in.</summary>
    internal GuestThread? PreviousWaiter { get; set; }

    /// <summary>Starts a thread. Panics if all stacks are in use.</summary>
    /// <param name="entry">What it runs; it ends when that returns.</param>
    /// <param name="priority">Its <see cref="ThreadPriority"/>; if higher than the caller's it runs at once.</param>
    /// <param name="name">A name for messages.</param>
    /// <returns>The thread.</returns>
    public static GuestThread Start(Action entry, int priority = ThreadPriority.Normal, string? name = null) =>
        TryStart(entry, priority, name) ?? RefuseStart();

    /// <summary>Starts a thread. Panics if all stacks are in use.</summary>
    /// <param name="entry">What it runs; it ends when that returns.</param>
    /// <param name="argument">What the entry gets.</param>
    /// <param name="priority">Its <see cref="ThreadPriority"/>; if higher than the caller's it runs at once.</param>
    /// <param name="name">A name for messages.</param>
    /// <returns>The thread.</returns>
    public static GuestThread Start(
        delegate*<void*, void> entry, void* argument, int priority = ThreadPriority.Normal, string? name = null) =>
        TryStart(entry, argument, priority, name) ?? RefuseStart();

    /// <summary>Starts a thread.</summary>
    /// <param name="entry">What it runs; it ends when that returns.</param>
    /// <param name="priority">Its <see cref="ThreadPriority"/>; if higher than the caller's it runs at once.</param>
    /// <param name="name">A name for messages.</param>
    /// <returns>The thread, or null if all stacks are in use.</returns>
    public static GuestThread? TryStart(Action entry, int priority = ThreadPriority.Normal, string? name = null)
    {
        CriticalSection.Enter();
        uint stack = ThreadStack.Take();
        GuestThread? thread = stack == ThreadStack.None ? null : new GuestThread(entry, priority, name);
        thread?.Launch(stack);
        CriticalSection.Leave();
        return thread;
    }

    /// <summary>Starts a thread.</summary>
    /// <param name="entry">What it runs; it ends when that returns.</param>
    /// <param name="argument">What the entry gets.</param>
    /// <param name="priority">Its <see cref="ThreadPriority"/>; if higher than the caller's it runs at once.</param>
    /// <param name="name">A name for messages.</param>
    /// <returns>The thread, or null if all stacks are in use.</returns>
    public static GuestThread? TryStart(
        delegate*<void*, void> entry, void* argument, int priority = ThreadPriority.Normal, string? name = null)
    {
        CriticalSection.Enter();
        uint stack = ThreadStack.Take();
        GuestThread? thread = stack == ThreadStack.None ? null : new GuestThread(entry, argument, priority, name);
        thread?.Launch(stack);
        CriticalSection.Leave();
        return thread;
    }

    /// <summary>Lets other threads of the same priority go first. Returns at once if none is ready.</summary>
    public static void Yield()
    {
        CriticalSection.Enter();
        Scheduler.Yield();
        CriticalSection.Leave();
    }

    /// <summary>Lets the current thread wait for a time.</summary>
    /// <param name="durationNs">At least how long, in nanoseconds.</param>
    public static void Sleep(ulong durationNs) => SleepUntil(Clock.After(durationNs));

    /// <summary>Lets the current thread wait until a time.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds. If it has passed, this returns at once.</param>
    public static void SleepUntil(ulong deadlineNs)
    {
        CriticalSection.Enter();
        if (deadlineNs > Clock.MonotonicNs)
        {
            Scheduler.BlockUntil(deadlineNs);
        }

        CriticalSection.Leave();
    }

    /// <summary>Ends the current thread. The boot thread may do so too; the VM then goes on without it.</summary>
    [DoesNotReturn]
    public static void Exit()
    {
        CriticalSection.Enter();
        GuestThread current = Current;
        s_count--;
        current._joiners.WakeAll();
        Scheduler.End();
    }

    /// <summary>Waits until the thread has ended.</summary>
    public void Join() => TryJoin(InstructionPage.Never);

    /// <summary>Waits until the thread has ended or a deadline passes.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    /// <returns>Whether it has ended.</returns>
    public bool TryJoin(ulong deadlineNs)
    {
        Panic.Unless(this != Current, "A thread waits for its own end"u8);
        CriticalSection.Enter();
        bool ended = HasEnded || _joiners.Wait(deadlineNs);
        CriticalSection.Leave();
        return ended;
    }

    /// <summary>Nobody will look at this object again: it is given back when the thread has ended.</summary>
    public void Detach()
    {
        CriticalSection.Enter();
        if (HasEnded)
        {
            Heap.Free(this);
        }
        else
        {
            _isDetached = true;
        }

        CriticalSection.Leave();
    }

    /// <summary>An object for the thread that boots the VM.</summary>
    internal static GuestThread CreateBoot()
    {
        s_count = 1;
        return new GuestThread(ThreadPriority.Normal, "boot")
        {
            State = ThreadState.Running,
            _stack = ThreadStack.Boot,
        };
    }

    /// <summary>The deadline of its wait has passed.</summary>
    internal override void OnDue() => Scheduler.Wake(this);

    /// <summary>Gives back what a thread needed that has switched away for good.</summary>
    internal void Bury()
    {
        State = ThreadState.Ended;
        ThreadStack.Release(_stack);
        if (_isDetached)
        {
            Heap.Free(this);
        }
    }

    // The first switch to a thread ends here.
    [RuntimeExport("denali_thread_main")]
    private static void Main()
    {
        Scheduler.FinishSwitch();
        GuestThread current = Current;
        CriticalSection.Leave();
        if (current._action is { } action)
        {
            action();
        }
        else
        {
            current._function(current._argument);
        }

        Exit();
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static GuestThread RefuseStart()
    {
        Panic.Because("All thread stacks are in use: ask for more in the project file (DenaliStackCount)"u8);
        return null;
    }

    private void Launch(uint stack)
    {
        _stack = stack;
        StackPointer = (nint)ThreadStack.Prepare(stack);
        s_count++;
        Scheduler.Wake(this);
    }
}
