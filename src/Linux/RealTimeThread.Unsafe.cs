// SPDX-License-Identifier: MIT
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>Threads that run before all ordinary ones (sched(7), <c>SCHED_FIFO</c>).</summary>
public static unsafe class RealTimeThread
{
    /// <summary>The lowest priority: before ordinary threads, after all other real-time ones.</summary>
    private const int LowestPriority = 1;

    /// <summary>
    /// Makes the calling thread one, for good. For threads that do little and must do it in time: one that computes
    /// keeps others from a processor.
    /// </summary>
    /// <returns>False if this process may not (it needs CAP_SYS_NICE); then nothing has changed.</returns>
    public static bool TryBecome()
    {
        int priority = LowestPriority;

        // SAFETY: sched_param is this one int, which lives on this stack for the length of the call; 0 is the calling
        // thread.
        return Libc.sched_setscheduler(0, Libc.SCHED_FIFO, &priority) == 0;
    }
}
