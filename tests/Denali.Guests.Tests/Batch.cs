// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Kernel.Machines;

namespace Denali.Guests.Tests;

/// <summary>Some VMs that may end in any way, or not at all: then they are killed.</summary>
internal sealed class Batch(GuestHost host, TimeSpan limit)
{
    private readonly List<GuestMachine> _machines = [];

    /// <summary>VMs since the last <see cref="Finish"/>.</summary>
    internal int Count => _machines.Count;

    /// <summary>Exits of all VMs that were finished.</summary>
    internal ulong ExitCount { get; private set; }

    internal void Add(GuestMachine machine) => _machines.Add(machine);

    /// <summary>Waits for all of them up to the limit, kills the rest, and counts how they ended.</summary>
    internal void Finish(Dictionary<string, int> ends)
    {
        long start = TimeProvider.System.GetTimestamp();
        foreach (GuestMachine machine in _machines)
        {
            if (!machine.TryWaitForEnd(limit - TimeProvider.System.GetElapsedTime(start)))
            {
                host.Kernel.Kill(machine.Id);
            }
        }

        foreach (GuestMachine machine in _machines)
        {
            MachineExit exit = machine.WaitForEnd();
            string end = exit.Fault is { } fault ? $"{exit.Cause} {fault.Vector}" : $"{exit.Cause}";
            ends[end] = ends.GetValueOrDefault(end) + 1;
            ExitCount += exit.ExitCount;
        }

        _machines.Clear();
    }
}
