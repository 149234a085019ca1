// SPDX-License-Identifier: MIT
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Machines;

/// <summary>Charges VMs that exist for the memory that they take: against their own limit, that of their group, and the
/// machine's.</summary>
/// <remarks>Used by a VM's worker.</remarks>
internal sealed class MemoryAccount(MachineTable table, IGatekeeper gatekeeper)
{
    /// <summary>Charges a VM that holds a slot.</summary>
    /// <param name="record">The VM.</param>
    /// <param name="bytes">How much more it takes.</param>
    /// <returns>False if it may not have as much; nothing is charged then.</returns>
    internal bool TryCharge(ref MachineRecord record, ulong bytes)
    {
        if (bytes > record.LimitBytes - record.ChargedBytes)
        {
            return false;
        }

        MachineGroup? group = table.Group(record);
        if (group is not null && !group.TryCharge(bytes))
        {
            return false;
        }

        if (!gatekeeper.TryCharge(bytes))
        {
            group?.Uncharge(bytes);
            return false;
        }

        record.ChargedBytes += bytes;
        record.HeldBytes += bytes;
        return true;
    }
}
