// SPDX-License-Identifier: MIT
using System;

namespace Denali.Kernel.Tests.Swap;

/// <summary>Looks VMs up in the list of all.</summary>
internal static class KernelLists
{
    /// <summary>A VM that is there.</summary>
    internal static MachineSummary List(this IsolationKernel kernel, ulong id)
    {
        Span<MachineSummary> page = new MachineSummary[3];
        int cursor = 0;
        int count;
        while ((count = kernel.List(ref cursor, page)) > 0)
        {
            foreach (MachineSummary machine in page[..count])
            {
                if (machine.Id == id)
                {
                    return machine;
                }
            }
        }

        return default;
    }

    /// <summary>How many there are.</summary>
    internal static int CountAll(this IsolationKernel kernel)
    {
        Span<MachineSummary> page = new MachineSummary[7];
        int sum = 0;
        int cursor = 0;
        int count;
        while ((count = kernel.List(ref cursor, page)) > 0)
        {
            sum += count;
        }

        return sum;
    }
}
