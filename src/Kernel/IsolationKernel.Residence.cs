// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel;

/// <summary>Where VMs are: in a slot, in memory, in the swap file.</summary>
public sealed partial class IsolationKernel
{
    /// <summary>Where the VMs and their memory are.</summary>
    public MemoryUsage MemoryUsage
    {
        get
        {
            var sum = new ResidencyCounters();
            ulong[][] wakes =
            [
                new ulong[LatencyHistogram.Length], new ulong[LatencyHistogram.Length],
                new ulong[LatencyHistogram.Length],
            ];
            int bound = 0;
            foreach (Worker worker in _workers)
            {
                ResidencyCounters counters = worker.Residency.Counters;
                bound += worker.Residency.BoundCount;
                sum.SwapOuts += Volatile.Read(ref counters.SwapOuts);
                sum.SwapIns += Volatile.Read(ref counters.SwapIns);
                sum.WriteFailures += Volatile.Read(ref counters.WriteFailures);
                sum.ReadFailures += Volatile.Read(ref counters.ReadFailures);
                sum.SwapLost += Volatile.Read(ref counters.SwapLost);
                for (int i = 0; i < wakes.Length; i++)
                {
                    counters.Wakes[i].AddTo(wakes[i]);
                }
            }

            int swapped = _swap?.Machines ?? 0;
            return new MemoryUsage
            {
                BoundMachines = bound,
                ParkedMachines = Math.Max(_table.Count - bound - swapped, 0),
                SwappedMachines = swapped,
                ParkedBytes = (ulong)_parked.Bytes,
                ParkedLimitBytes = _parkedLimitBytes,
                SwapUsedBytes = _swap?.File.UsedBytes ?? 0,
                SwapLimitBytes = _swap?.File.LimitBytes ?? 0,
                SwapOuts = sum.SwapOuts,
                SwapIns = sum.SwapIns,
                SwapWriteFailures = sum.WriteFailures,
                SwapReadFailures = sum.ReadFailures,
                SwapRefuses = _swap is { IsRefusing: true },
                SwapUnreadable = _swap?.Unreadable ?? 0,
                SwapLost = sum.SwapLost,
                BoundWakes = LatencyOf(wakes[(int)Residence.Bound]),
                ParkedWakes = LatencyOf(wakes[(int)Residence.Parked]),
                SwappedWakes = LatencyOf(wakes[(int)Residence.Swapped]),
            };
        }
    }

    /// <summary>Adds up what the VMs in execution slots are charged for. Looks at every record: a million take
    /// milliseconds.</summary>
    /// <returns>Bytes; of VMs that come or go meanwhile they may be left out.</returns>
    public ulong SumBoundBytes()
    {
        ulong bytes = 0;
        for (int index = 0; index < _table.HighWater; index++)
        {
            ref MachineRecord record = ref _table[index];
            bytes += record.Slot == MachineRecord.None ? 0 : Volatile.Read(ref record.ChargedBytes);
        }

        return bytes;
    }

    /// <summary>Lists VMs in the order of their indices. Cheap however many there are: a page at a time.</summary>
    /// <param name="cursor">Where to begin, 0 for the first; then where to go on.</param>
    /// <param name="to">Gets them.</param>
    /// <returns>How many there are; fewer than asked for at the end. Those that come or go meanwhile may be left
    /// out.</returns>
    public int List(ref int cursor, Span<MachineSummary> to)
    {
        int count = 0;
        ArgumentOutOfRangeException.ThrowIfNegative(cursor);
        for (; cursor < _table.HighWater && count < to.Length; cursor++)
        {
            ulong id = Volatile.Read(ref _table[cursor].MachineId);
            count += TryDescribe(id, out to[count]) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Tells where a VM is and what it uses.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="summary">A copy; its numbers are read one after the other while they go on changing.</param>
    /// <returns>False if it has ended, or is only just being made.</returns>
    public bool TryDescribe(ulong machineId, out MachineSummary summary)
    {
        summary = default;
        if (machineId == 0 || !_table.TryFind(machineId, out int index))
        {
            return false;
        }

        ref MachineRecord record = ref _table[index];
        MachineState state = record.State;
        Residence residence = Residency.ResidenceOf(record);
        summary = new MachineSummary(
            machineId,
            state,
            residence,
            Volatile.Read(ref record.ChargedBytes),
            residence == Residence.Swapped ? (ulong)record.SwapBytes : Volatile.Read(ref record.HeldBytes),
            Volatile.Read(ref record.CpuNs),
            Volatile.Read(ref record.ExitCount));

        // If its record went to another VM meanwhile, these may be that one's numbers.
        return state is not (MachineState.Free or MachineState.Created) && _table.TryFind(machineId, out _);
    }

    /// <summary>Takes a VM out of its slot, if it idles.</summary>
    /// <param name="machineId">The VM.</param>
    /// <returns>Completes with false if it has ended, or cannot be parked now.</returns>
    public Task<bool> ParkAsync(ulong machineId) => AskAsync(machineId, WorkerCommandKind.Park);

    /// <summary>Sends a VM to the swap file, if it idles and has memory of its own.</summary>
    /// <param name="machineId">The VM.</param>
    /// <returns>Completes with true when it is there; with false if it has ended, cannot go now, is woken meanwhile, or
    /// the file is full or fails.</returns>
    public Task<bool> SwapOutAsync(ulong machineId) =>
        _swap is null ? Task.FromResult(false) : AskAsync(machineId, WorkerCommandKind.SwapOut);

    /// <summary>Wakes a VM although nothing has happened for it: it is bound to a slot and runs once.</summary>
    /// <param name="machineId">The VM; nothing happens if it has ended, or runs.</param>
    public void Wake(ulong machineId) => Post(machineId, WorkerCommandKind.Wake);

    private static WakeLatency LatencyOf(ulong[] sums)
    {
        ulong count = 0;
        foreach (ulong sum in sums)
        {
            count += sum;
        }

        return new WakeLatency(
            count,
            LatencyHistogram.Percentile(sums, 50),
            LatencyHistogram.Percentile(sums, 99),
            LatencyHistogram.Percentile(sums, 99.9),
            LatencyHistogram.StepsOf(sums));
    }

    private Task<bool> AskAsync(ulong machineId, WorkerCommandKind kind)
    {
        if (!_table.TryFind(machineId, out int index))
        {
            return Task.FromResult(false);
        }

        var reply = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _workers[Volatile.Read(ref _table[index].Worker)].Post(new WorkerCommand
        {
            Index = index,
            MachineId = machineId,
            Kind = kind,
            Reply = reply,
        });
        return reply.Task;
    }
}
