// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Takes pending interrupts and tells whom they concern.</summary>
/// <remarks>
/// They come in three ways: as an upcall, as the result of the idle instruction, and as what is pending when the
/// outermost critical section ends. Whichever it is, handlers run inside a critical section on the stack of the thread
/// that happens to run: they must be short and must not block. Usually they wake a thread.
/// </remarks>
public static unsafe class Interrupts
{
    private static Action? s_nic;
    private static Action? s_disk;
    private static Action? s_control;

    /// <summary>Upcalls, idles and ends of critical sections that brought something.</summary>
    public static ulong TakenCount { get; private set; }

    /// <summary>Sets the handler of a device's interrupt.</summary>
    /// <param name="device">One of the NIC, disk and control interrupts; the others have handlers of their own.</param>
    /// <param name="handler">What to call, inside a critical section; null for nothing.</param>
    public static void SetHandler(InterruptBits device, Action? handler)
    {
        CriticalSection.Enter();
        switch (device)
        {
            case InterruptBits.Nic:
                s_nic = handler;
                break;
            case InterruptBits.Disk:
                s_disk = handler;
                break;
            case InterruptBits.Control:
                s_control = handler;
                break;
            default:
                Panic.Because("An interrupt that takes no handler"u8);
                break;
        }

        CriticalSection.Leave();
    }

    /// <summary>Takes and handles what is pending. The caller is inside the outermost critical section.</summary>
    internal static void Take() =>
        Handle((InterruptBits)Interlocked.Exchange(ref *(ulong*)&VirtualRegisters.Page->PendingInterrupts, 0));

    /// <summary>Handles interrupts that were taken. The caller is inside the outermost critical section.</summary>
    internal static void Handle(InterruptBits bits)
    {
        if (bits == InterruptBits.None)
        {
            return;
        }

        // Deeper than threads may be switched at, so that a handler that blocks is caught.
        CriticalSection.Deepen();
        TakenCount++;
        if ((bits & InterruptBits.Timer) != 0)
        {
            Scheduler.OnTimer();
        }

        if ((bits & InterruptBits.Console) != 0)
        {
            ConsoleDevice.OnInterrupt();
        }

        CallIf(bits, InterruptBits.Nic, s_nic);
        CallIf(bits, InterruptBits.Disk, s_disk);
        CallIf(bits, InterruptBits.Control, s_control);
        if ((bits & InterruptBits.Terminate) != 0)
        {
            Termination.OnInterrupt();
        }

        CriticalSection.Undeepen();
    }

    private static void CallIf(InterruptBits bits, InterruptBits device, Action? handler)
    {
        if ((bits & device) != 0)
        {
            handler?.Invoke();
        }
    }
}
