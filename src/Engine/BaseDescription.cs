// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>All that an engine must know to make a memory base: the address space of a VM before its first
/// instruction. The caller has checked it; regions lie in order, inside memory, and do not overlap.</summary>
public sealed class BaseDescription
{
    /// <summary>Memory size of the VMs in bytes, a multiple of the chunk size.</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>Where a VM starts.</summary>
    public required ulong Entry { get; init; }

    /// <summary>The image's segments, in ascending order.</summary>
    public required IReadOnlyList<BaseRegion> Regions { get; init; }

    /// <summary>First address of the heap: zero, readable and writable, committed on first touch.</summary>
    public required ulong HeapBase { get; init; }

    /// <summary>First address of the stack area, which ends at the memory size; like the heap but for guards.</summary>
    public required ulong StackAreaBase { get; init; }

    /// <summary>Bytes from one stack to the next; the lowest page of each stays unmapped.</summary>
    public required uint StackBytes { get; init; }

    /// <summary>Whether an address is of a heap or stack page: one that a VM gets by touching it.</summary>
    /// <param name="address">Any guest address.</param>
    /// <returns>False for all else: the image, guards, what is not memory.</returns>
    public bool IsOnDemand(ulong address)
    {
        if (address < HeapBase || address >= MemoryBytes)
        {
            return false;
        }

        return address < StackAreaBase || (address - StackAreaBase) % StackBytes >= AddressMap.PageBytes;
    }
}
