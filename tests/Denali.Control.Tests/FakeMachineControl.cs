// SPDX-License-Identifier: MIT
using System.Collections.Concurrent;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Sites;
using Denali.Kernel;
using Denali.Kernel.Machines;

namespace Denali.Control.Tests;

/// <summary>The VMs of a <see cref="FakeMachineHost"/>, as commands see them.</summary>
internal sealed class FakeMachineControl(FakeMachineHost host) : IMachineControl
{
    /// <summary>Where VMs' memory is, if not in a slot.</summary>
    internal ConcurrentDictionary<ulong, Residence> Residences { get; } = new();

    /// <summary>Whether VMs can be parked.</summary>
    internal bool IsIdle { get; set; } = true;

    public bool TryGet(ulong machineId, out MachineFacts facts)
    {
        FakeMachine? machine = host.Find(machineId);
        facts = machine is null
            ? default
            : new MachineFacts(
                MachineState.Idle,
                Residences.TryGetValue(machineId, out Residence residence) ? residence : default,
                machine.Usage,
                777);
        return machine is { IsKilled: false };
    }

    public Task<bool> ParkAsync(ulong machineId) => MoveAsync(machineId, Residence.Parked);

    public Task<bool> SwapOutAsync(ulong machineId) => MoveAsync(machineId, Residence.Swapped);

    public void Wake(ulong machineId) => Residences[machineId] = Residence.Bound;

    public void Kill(ulong machineId) => host.Find(machineId)?.Kill();

    private Task<bool> MoveAsync(ulong machineId, Residence residence)
    {
        if (IsIdle)
        {
            Residences[machineId] = residence;
        }

        return Task.FromResult(IsIdle);
    }

    public KernelSample Sample() => new() { Slots = 3, SlotLimit = 5, Wakes = 7 };
}
