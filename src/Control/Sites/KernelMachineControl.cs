// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;

namespace Denali.Control.Sites;

/// <summary>The VMs of a kernel.</summary>
public sealed class KernelMachineControl : IMachineControl
{
    // One at a time: a copy of a VM's pages and its explanation may take tens of MiB.
    private static readonly SemaphoreSlim s_explaining = new(1);

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
        facts = default;
        if (!_kernel.TryGetSummary(machineId, out MachineSummary summary)
            || !_kernel.TryGetUsage(machineId, out MachineUsage usage))
        {
            return false;
        }

        facts = new MachineFacts(summary.State, summary.Residence, usage, summary.KeptBytes);
        return true;
    }

    /// <inheritdoc/>
    public Task<bool> ParkAsync(ulong machineId) => _kernel.ParkAsync(machineId);

    /// <inheritdoc/>
    public Task<bool> SwapOutAsync(ulong machineId) => _kernel.SwapOutAsync(machineId);

    /// <inheritdoc/>
    public void Wake(ulong machineId) => _kernel.Wake(machineId);

    /// <inheritdoc/>
    public void Kill(ulong machineId) => _kernel.Kill(machineId);

    /// <inheritdoc/>
    public async Task<PageList> ExplainPagesAsync(ulong machineId, CancellationToken cancellation)
    {
        await s_explaining.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            using MachinePages pages = await _kernel.ReadPagesAsync(machineId, cancellation: cancellation)
                .ConfigureAwait(false);
            return PageList.Of(pages);
        }
        catch (KernelException e)
        {
            throw new ControlException(e.Message, Refusal.Conflict);
        }
        finally
        {
            _ = s_explaining.Release();
        }
    }

    /// <inheritdoc/>
    public KernelSample Sample()
    {
        SlotUsage slots = _kernel.SlotUsage;
        MemoryUsage memory = _kernel.MemoryUsage;
        return new KernelSample
        {
            Machines = new ResidenceCounts(
                (ulong)memory.BoundMachines, (ulong)memory.ParkedMachines, (ulong)memory.SwappedMachines),
            BoundBytes = _kernel.SumBoundBytes(),
            ParkedBytes = memory.ParkedBytes,
            ParkedLimitBytes = memory.SwapLimitBytes > 0 ? memory.ParkedLimitBytes : 0,
            SwapUsedBytes = memory.SwapUsedBytes,
            SwapLimitBytes = memory.SwapLimitBytes,
            Slots = slots.Slots,
            SlotLimit = slots.SlotLimit,
            Parks = slots.Parks,
            BoundWakes = Of(memory.BoundWakes),
            ParkedWakes = Of(memory.ParkedWakes),
            SwappedWakes = Of(memory.SwappedWakes),
            Alarms = [.. AlarmsOf(memory).Select(alarm => alarm.Text)],
        };
    }

    /// <summary>What somebody has to see to now; and VMs that were lost, for nothing brings them back.</summary>
    /// <returns>At most one of a kind.</returns>
    public IEnumerable<KernelAlarm> Alarms() => AlarmsOf(_kernel.MemoryUsage);

    private static LatencySample Of(WakeLatency latency) =>
        new(latency.Count, latency.P50Ns / 1e9, latency.P99Ns / 1e9) { Steps = latency.Steps };

    /// <summary>The same of a moment.</summary>
    internal static IEnumerable<KernelAlarm> AlarmsOf(MemoryUsage memory)
    {
        if (memory.SwapRefuses)
        {
            yield return new KernelAlarm(
                KernelAlarmKind.SwapRefuses,
                "the swap file is full, or its disk refuses, and VMs stay in memory: allow it more, or look at its "
                + "disk");
        }

        if (memory.SwapRefuses && memory.ParkedBytes > memory.ParkedLimitBytes)
        {
            yield return new KernelAlarm(
                KernelAlarmKind.NoneLetIn,
                "no new VMs are let in, for those that idle take all the memory that is kept for them: end some");
        }

        if (memory.SwapUnreadable > 0)
        {
            yield return new KernelAlarm(KernelAlarmKind.Unreadable, Text(
                $"{memory.SwapUnreadable} VMs cannot be read from the swap file and wait: look at its disk"));
        }

        if (memory.SwapLost > 0)
        {
            string text = Text($"{memory.SwapLost} VMs have ended because what the swap file had of them was damaged");
            yield return new KernelAlarm(KernelAlarmKind.Lost, text, memory.SwapLost);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
