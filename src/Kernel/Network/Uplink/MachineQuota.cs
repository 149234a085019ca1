// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// Shares out something that the host has little of: no VM gets more than its part, whichever of its addresses it
/// uses, and all together not more than there is.
/// </summary>
/// <remarks>Any thread.</remarks>
/// <param name="addressing">Whose address is whose.</param>
/// <param name="most">Most of all VMs together.</param>
/// <param name="mostPerMachine">Most of one VM.</param>
internal sealed class MachineQuota(SwitchAddressing addressing, int most, int mostPerMachine)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _taken = [];
    private int _sum;

    /// <summary>Takes one for the VM that has an address.</summary>
    /// <param name="machine">One of its addresses.</param>
    /// <returns>False if there is none for it, or no such VM.</returns>
    internal bool TryTake(IpAddress machine)
    {
        int index = addressing.FindIp(machine);
        lock (_lock)
        {
            int own = _taken.GetValueOrDefault(index);
            if (index < 0 || own >= mostPerMachine || _sum >= most)
            {
                return false;
            }

            _taken[index] = own + 1;
            _sum++;
            return true;
        }
    }

    /// <summary>Gives back one that was taken.</summary>
    /// <param name="machine">One of the VM's addresses.</param>
    internal void Return(IpAddress machine)
    {
        int index = addressing.FindIp(machine);
        lock (_lock)
        {
            int left = _taken[index] - 1;
            _sum--;
            if (left == 0)
            {
                _taken.Remove(index);
            }
            else
            {
                _taken[index] = left;
            }
        }
    }
}
