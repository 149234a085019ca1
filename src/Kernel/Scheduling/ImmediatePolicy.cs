// SPDX-License-Identifier: MIT
using System;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// Round robin, but a VM that something has just happened for runs at once: the last one first, as an interrupt
/// interrupts the handler of another. See <see cref="InterruptDelivery.Immediate"/>.
/// </summary>
internal sealed class ImmediatePolicy : ISchedulingPolicy
{
    private readonly MachineTable _table;
    private IndexList _interrupted = new();
    private IndexList _ordinary = new();

    internal ImmediatePolicy(MachineTable table)
    {
        _table = table;
    }

    public int Count => _interrupted.Count + _ordinary.Count;

    public void Enqueue(int index, EnqueueReason reason)
    {
        ref MachineRecord record = ref _table[index];
        if (reason == EnqueueReason.Bound)
        {
            (record.HasPriority ? ref _interrupted : ref _ordinary).AddFirst(_table, index);
            return;
        }

        record.HasPriority = reason == EnqueueReason.Woken;
        if (reason == EnqueueReason.Preempted)
        {
            _ordinary.AddFirst(_table, index);
            return;
        }

        record.QuantumNs = RoundRobinPolicy.QuantumNs;
        if (reason == EnqueueReason.Woken)
        {
            _interrupted.AddFirst(_table, index);
        }
        else
        {
            _ordinary.AddLast(_table, index);
        }
    }

    public bool TryDequeue(out int index, out ulong quantumNs)
    {
        index = (_interrupted.IsEmpty ? ref _ordinary : ref _interrupted).TakeFirst(_table);
        quantumNs = index == MachineRecord.None ? 0 : _table[index].QuantumNs;
        return index != MachineRecord.None;
    }

    public void Remove(int index) =>
        (_table[index].HasPriority ? ref _interrupted : ref _ordinary).Remove(_table, index);

    public bool TryGiveAway(out int index)
    {
        index = _ordinary.TakeFirst(_table);
        return index != MachineRecord.None;
    }

    public void Charge(int index, ulong ranNs)
    {
        ref MachineRecord record = ref _table[index];
        record.QuantumNs -= Math.Min(ranNs, record.QuantumNs);
    }

    public bool IsPreemptible(int index) => true;

    public bool ShouldPreempt(int index) => !_interrupted.IsEmpty;
}
