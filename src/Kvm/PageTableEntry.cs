// SPDX-License-Identifier: MIT
namespace Denali.Kvm;

/// <summary>
/// Bits of an x86-64 page-table entry. Accessed and Dirty are set from the start, so that no processor has a reason to
/// write entries of the shared area, and because KVM's software page walk spins where it may not set them.
/// </summary>
internal static class PageTableEntry
{
    internal const ulong Present = 1UL << 0;
    internal const ulong Write = 1UL << 1;
    internal const ulong User = 1UL << 2;
    internal const ulong Accessed = 1UL << 5;
    internal const ulong Dirty = 1UL << 6;
    internal const ulong NoExecute = 1UL << 63;
    internal const ulong AddressMask = 0x000F_FFFF_FFFF_F000;

    /// <summary>An upper-level entry: the lowest level decides.</summary>
    internal const ulong Link = Present | Write | User | Accessed;

    /// <summary>An upper-level entry of the monitor's own pages.</summary>
    internal const ulong MonitorLink = Present | Write | Accessed;

    internal const ulong Monitor = Present | Write | Accessed | Dirty;

    /// <summary>A page of heap or stack.</summary>
    internal const ulong Data = Present | Write | User | Accessed | Dirty | NoExecute;

    internal const ulong ReadOnly = Present | User | Accessed | Dirty | NoExecute;

    internal const ulong Code = Present | User | Accessed | Dirty;
}
