// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Ilwaco;

/// <summary>What is written in assembler; the folder of the same name says how each works.</summary>
internal static unsafe class Native
{
    [RuntimeImport("*", "denali_switch")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void Switch(void** saved, void* next);

    [RuntimeImport("*", "denali_thread_start_address")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void* ThreadStartAddress();

    [RuntimeImport("*", "denali_upcall_entry_address")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void* UpcallEntryAddress();

    [RuntimeImport("*", "denali_idle")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern ulong Idle(ulong deadlineNs);

    [RuntimeImport("*", "denali_ready")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern ulong Ready();

    [RuntimeImport("*", "denali_read_tsc")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern ulong ReadTsc();
}
