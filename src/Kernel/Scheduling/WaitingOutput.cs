// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// Copies of what is left in the output rings of VMs whose observers did not take all, while they have no slot: if one
/// ends there, its output is told with its end. No more than a ring for each. Its worker's own.
/// </summary>
internal sealed class WaitingOutput
{
    private readonly Dictionary<int, byte[]> _rest = [];

    /// <summary>A VM gives up its slot, or came without one.</summary>
    internal void Keep(int index, byte[] rest)
    {
        if (rest.Length > 0)
        {
            _rest[index] = rest;
        }
    }

    /// <summary>A VM has a slot again: the ring itself is at hand.</summary>
    internal void Drop(int index) => _rest.Remove(index);

    /// <summary>A VM ends, or goes to another worker.</summary>
    /// <returns>What is left of it; none if it has a slot.</returns>
    internal byte[] Take(int index) => _rest.Remove(index, out byte[]? rest) ? rest : [];
}
