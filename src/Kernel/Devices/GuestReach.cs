// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Devices;

/// <summary>
/// Lets devices reach what the guest itself could reach, no more. Heap and stack pages that were never touched are
/// committed and charged, as if the guest had touched them; so a guest may offer buffers that cost nothing until
/// something is put into them.
/// </summary>
internal sealed class GuestReach(MemoryAccount account)
{
    /// <summary>Sees to it that a range can be read or written.</summary>
    /// <param name="record">The VM. It is marked if it may not have the memory that it needs for this.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="address">First address; not trusted.</param>
    /// <param name="bytes">Length; not trusted.</param>
    /// <param name="write">Whether the guest must be able to write there.</param>
    /// <returns>False if the guest could not reach all of it.</returns>
    internal bool TryReach(ref MachineRecord record, IExecutionSlot slot, ulong address, ulong bytes, bool write)
    {
        if (slot.IsAccessible(address, bytes, write))
        {
            return true;
        }

        return slot.Memory.Contains(address, bytes)
            && TryCommit(ref record, slot, address, bytes)
            && slot.IsAccessible(address, bytes, write);
    }

    private bool TryCommit(ref MachineRecord record, IExecutionSlot slot, ulong address, ulong bytes)
    {
        const ulong Mask = AddressMap.ChunkBytes - 1;
        ulong end = address + bytes;
        for (ulong first = address; first < end; first = (first | Mask) + 1)
        {
            // A chunk is there as a whole, but for pages that are never committed: one end may be such a page.
            ulong last = Math.Min(first | Mask, end - 1);
            ulong committed = slot.Commit(first) + (ulong)slot.Commit(last);
            if (committed == 0)
            {
                continue;
            }

            if (!account.TryCharge(ref record, committed))
            {
                record.IsOutOfMemory = true;
                return false;
            }
        }

        return true;
    }
}
