// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Sites;
using Denali.Diagnostics;
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

    /// <summary>What an explanation waits for before it begins; by default nothing.</summary>
    internal Func<CancellationToken, Task> BeforeExplaining { get; set; } = _ => Task.CompletedTask;

    public async Task<PageList> ExplainPagesAsync(ulong machineId, CancellationToken cancellation)
    {
        await BeforeExplaining(cancellation);
        return IsIdle
            ? Pages(machineId)
            : throw new ControlException($"VM {machineId} was not looked into: try again later", Refusal.Conflict);
    }

    private PageList Pages(ulong machineId) => new()
    {
        Residence = Residences.GetValueOrDefault(machineId),
        KeptBytes = 777,
        IsKnown = true,
        IsWhole = false,
        Pages =
        [
            new PageRow
            {
                Address = "21000",
                Bytes = 5,
                CompressedBytes = 22,
                Place = "heap",
                Parts = [new PagePart("a thing", 8)],
                HasMore = true,
            },
        ],
    };

    private Task<bool> MoveAsync(ulong machineId, Residence residence)
    {
        if (IsIdle)
        {
            Residences[machineId] = residence;
        }

        return Task.FromResult(IsIdle);
    }

    public KernelSample Sample() => new() { Slots = 3, SlotLimit = 5, ParkedWakes = new LatencySample(7, 0, 0) };
}
