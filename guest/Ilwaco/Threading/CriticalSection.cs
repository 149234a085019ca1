// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Threading;

namespace Ilwaco;

/// <summary>
/// Keeps upcalls away, and with them all other threads: what the library OS does to its own structures.
/// </summary>
/// <remarks>
/// <para>Sections nest, and there is one depth for the whole VM, not one for each thread: a thread switches away at a
/// depth of 1 only, and whatever it switches to resumes at a depth of 1 as well (a thread that gave way by itself, a
/// new one, or one inside its upcall), so that the depth needs no saving.</para>
/// <para>Interrupts that arrive inside stay pending. Leaving the outermost section takes them: the kernel starts
/// upcalls only when it has interrupted the VM, so nobody else would for up to a quantum.</para>
/// <para>Nothing may block inside, and a section must be short: it delays every interrupt. Applications use a
/// <see cref="Mutex"/> for what takes longer than a microsecond.</para>
/// </remarks>
public static unsafe class CriticalSection
{
    private static uint s_depth;

    /// <summary>Whether the caller is inside of one; then it must not block.</summary>
    public static bool IsInside => s_depth != 0;

    /// <summary>Whether the caller is inside of exactly one, and may switch threads.</summary>
    internal static bool IsOutermost => s_depth == 1;

    /// <summary>Enters.</summary>
    [RuntimeExport("denali_enter_critical")]
    public static void Enter()
    {
        // In this order: an upcall between the two would find a depth that is not its own.
        Volatile.Write(ref VirtualRegisters.Page->InterruptEnable, 0);
        s_depth++;
    }

    /// <summary>Leaves; leaving the outermost may let another thread run.</summary>
    [RuntimeExport("denali_leave_critical")]
    public static void Leave()
    {
        if (s_depth == 1)
        {
            LeaveOutermost();
        }
        else
        {
            Panic.Unless(s_depth != 0, "Left a critical section that was not entered"u8);
            s_depth--;
        }
    }

    /// <summary>Inside, without being at a depth at which threads may be switched.</summary>
    internal static void Deepen() => s_depth++;

    /// <summary>Takes back <see cref="Deepen"/>.</summary>
    internal static void Undeepen() => s_depth--;

    private static void LeaveOutermost()
    {
        while (true)
        {
            Scheduler.SwitchIfDue();
            s_depth = 0;
            Volatile.Write(ref VirtualRegisters.Page->InterruptEnable, 1);
            if (Volatile.Read(ref *(ulong*)&VirtualRegisters.Page->PendingInterrupts) == 0)
            {
                return;
            }

            Enter();
            Interrupts.Take();
        }
    }

    // Called by the assembler at the upcall entry, with the interrupted state saved and interrupts disabled.
    //
    // Upcalls never nest. The kernel starts one only if InterruptEnable is 1, and writes 0 when it does. Two places
    // write 1: LeaveOutermost, which the thread that runs this cannot reach before the end of the upcall, since the
    // depth is at least 1 from here on; and the upcall's return inside the instruction page, where the kernel starts
    // none, after which nothing of this upcall is left on the stack. A switch from here to another thread leaves the
    // frame of this upcall on the stack of a thread that does not run; the next upcall takes the stack of the one that
    // does. So a stack holds at most one upcall, which bounds what it must have room for.
    [RuntimeExport("denali_upcall")]
    private static void Upcall()
    {
        Panic.Unless(s_depth == 0, "An upcall inside a critical section"u8);
        s_depth = 1;
        do
        {
            Interrupts.Take();
            Scheduler.SwitchIfDue();
        }
        while (Volatile.Read(ref *(ulong*)&VirtualRegisters.Page->PendingInterrupts) != 0);
        s_depth = 0;
    }
}
