// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Kernel;
using Denali.Kernel.Machines;

namespace Denali.Control.Sites;

/// <summary>The VMs of a kernel.</summary>
public sealed class KernelMachineControl : IMachineControl
{
    private readonly IsolationKernel _kernel;

    /// <summary>Uses a kernel.</summary>
    /// <param name="kernel">The kernel; outlives this.</param>
    public KernelMachineControl(IsolationKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _kernel = kernel;
    }

    /// <inheritdoc/>
    public bool TryGet(ulong machineId, out MachineFacts facts)
    {
        bool isThere = _kernel.TryGetUsage(machineId, out MachineUsage usage);
        facts = new MachineFacts(MachineState.Idle, MachineResidence.Bound, usage, 0, "");
        return isThere;
    }

    /// <inheritdoc/>
    public Task<bool> ParkAsync(ulong machineId) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task<bool> SwapOutAsync(ulong machineId) => Task.FromResult(false);

    /// <inheritdoc/>
    public void Wake(ulong machineId)
    {
    }

    /// <inheritdoc/>
    public void Kill(ulong machineId) => _kernel.Kill(machineId);

    /// <inheritdoc/>
    public KernelSample Sample()
    {
        var usage = _kernel.SlotUsage;
        return new KernelSample
        {
            Machines = new ResidenceCounts((ulong)_kernel.MachineCount, 0, 0),
            MemoryBytes = new ResidenceCounts(0, usage.ParkedBytes, 0),
            Slots = usage.Slots,
            SlotLimit = usage.SlotLimit,
            Wakes = usage.Binds,
            Parks = usage.Parks,
        };
    }
}
