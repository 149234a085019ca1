// SPDX-License-Identifier: MIT
using System;

namespace Denali.Kernel;

/// <summary>One VM of the list of all.</summary>
public sealed partial class IsolationKernel
{
    /// <summary>Tells how a VM is.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="summary">A copy; its numbers are read one after the other while they go on changing.</param>
    /// <returns>False if it has ended.</returns>
    public bool TryGetSummary(ulong machineId, out MachineSummary summary)
    {
        summary = default;
        if (!_table.TryFind(machineId, out int index))
        {
            return false;
        }

        return List(ref index, new Span<MachineSummary>(ref summary)) == 1 && summary.Id == machineId;
    }
}
