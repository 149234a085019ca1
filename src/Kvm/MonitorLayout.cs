// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Denali.Kvm;

/// <summary>
/// Where the monitor's pages lie, as offsets from <see cref="AddressMap.MonitorBase"/>. They are supervisor-only: a
/// guest never runs with the privilege to see them.
/// </summary>
/// <remarks>
/// <para>All page tables that a memory size can need have their place from the start, and the upper levels link them
/// at once; a table that nothing was committed in is a page of zeros that costs nothing.</para>
/// <para>The area is mapped privately into every slot, not read-only: processors with nested paging write to guest
/// page tables as they walk them (AMD64 manual volume 2, 15.25.5), and committing memory changes them.</para>
/// </remarks>
internal static class MonitorLayout
{
    internal const ulong Descriptors = 0x0000;
    internal const ulong TaskState = 0x1000;
    internal const ulong Stubs = 0x2000;
    internal const ulong Stack = 0x3000;
    internal const ulong RootTable = 0x4000;
    internal const ulong Directories = 0x5000;

    /// <summary>The page directories of guest memory (one per GiB, at most 4), then one for the monitor
    /// itself.</summary>
    internal const ulong Directory = 0x6000;
    internal const uint GuestDirectories = 4;
    internal const ulong MonitorDirectory = Directory + (GuestDirectories * AddressMap.PageBytes);

    /// <summary>The page table that maps the low pages of the monitor; the others need no mapping to be
    /// walked.</summary>
    internal const ulong MonitorTable = MonitorDirectory + AddressMap.PageBytes;

    /// <summary>First of the guest's page tables; one per 2 MiB.</summary>
    internal const ulong Tables = MonitorTable + AddressMap.PageBytes;

    internal const ulong StackTop = Stack + AddressMap.PageBytes;
    internal const ulong BytesPerTable = 2UL << 20;
    internal const ulong BytesPerDirectory = 1UL << 30;

    /// <summary>Bytes of the monitor area for a memory size.</summary>
    internal static ulong TotalBytes(ulong memoryBytes) => Tables + (TableCount(memoryBytes) * AddressMap.PageBytes);

    internal static ulong TableCount(ulong memoryBytes) => (memoryBytes + BytesPerTable - 1) / BytesPerTable;

    /// <summary>Offset of the page-table entry of a guest page.</summary>
    internal static ulong EntryOffset(ulong address) => Tables + (address / AddressMap.PageBytes * sizeof(ulong));
}
