// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Linux.Interop;

/// <summary>Scheduling: sched.h.</summary>
internal static unsafe partial class Libc
{
    internal const int SCHED_FIFO = 1;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sched_setscheduler(int pid, int policy, int* parameters);
}
