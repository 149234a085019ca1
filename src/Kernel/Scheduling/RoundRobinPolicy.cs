// SPDX-License-Identifier: MIT
using System;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// Round robin with a quantum; a VM that idled goes first for its next quantum (Denali, OSDI 2002, section 4.1), and
/// preempts one that did not.
/// </summary>
/// <remarks>
/// VMs that idle often could keep the others out. So after <see cref="PriorityBurst"/> quanta of such VMs, one VM
/// that waits in the ordinary queue gets a whole quantum that nobody preempts.
/// </remarks>
internal sealed class RoundRobinPolicy : ISchedulingPolicy
{
    /// <summary>Longest time a VM runs while others wait.</summary>
    internal const ulong QuantumNs = 5_000_000;

    /// <summary>Quanta that VMs with priority may use while ordinary ones wait.</summary>
    internal const ulong PriorityBurst = 2;

    /// <summary>How many waiting VMs are compared when one is given away.</summary>
    private const int CandidateMax = 16;

    private readonly MachineTable _table;
    private IndexList _priority = new();
    private IndexList _ordinary = new();
    private ulong _priorityUsedNs;
    private bool _isProtected;

    internal RoundRobinPolicy(MachineTable table)
    {
        _table = table;
    }

    public int Count => _priority.Count + _ordinary.Count;

    private bool OrdinaryIsOwed => !_ordinary.IsEmpty && _priorityUsedNs >= PriorityBurst * QuantumNs;

    public void Enqueue(int index, EnqueueReason reason)
    {
        ref MachineRecord record = ref _table[index];
        switch (reason)
        {
            case EnqueueReason.Woken:
                record.HasPriority = true;
                record.QuantumNs = QuantumNs;
                _priority.AddLast(_table, index);
                break;

            case EnqueueReason.Preempted or EnqueueReason.Bound:
                (record.HasPriority ? ref _priority : ref _ordinary).AddFirst(_table, index);
                break;

            default:
                record.HasPriority = false;
                record.QuantumNs = QuantumNs;
                _ordinary.AddLast(_table, index);
                break;
        }
    }

    public bool TryDequeue(out int index, out ulong quantumNs)
    {
        bool takeOrdinary = _priority.IsEmpty || OrdinaryIsOwed;
        _isProtected = takeOrdinary && !_priority.IsEmpty;
        index = (takeOrdinary ? ref _ordinary : ref _priority).TakeFirst(_table);
        if (index == MachineRecord.None)
        {
            quantumNs = 0;
            return false;
        }

        quantumNs = _table[index].QuantumNs;
        return true;
    }

    public void Remove(int index) =>
        (_table[index].HasPriority ? ref _priority : ref _ordinary).Remove(_table, index);

    public bool TryGiveAway(out int index)
    {
        // The one that was handed on longest ago: were it always the first in the queue, the same VM might go to and
        // fro and share every core it comes to, while others keep theirs for themselves.
        index = _ordinary.First;
        int candidate = index;
        for (int i = 0; i < CandidateMax && candidate != MachineRecord.None; i++)
        {
            index = _table[candidate].MovedNs < _table[index].MovedNs ? candidate : index;
            candidate = _table[candidate].Next;
        }

        if (index == MachineRecord.None)
        {
            return false;
        }

        _ordinary.Remove(_table, index);
        return true;
    }

    public void Charge(int index, ulong ranNs)
    {
        ref MachineRecord record = ref _table[index];
        record.QuantumNs -= Math.Min(ranNs, record.QuantumNs);
        if (record.HasPriority)
        {
            _priorityUsedNs = _ordinary.IsEmpty ? 0 : _priorityUsedNs + ranNs;
        }
        else
        {
            // The debt to ordinary VMs is paid off by the time they get.
            _priorityUsedNs -= Math.Min(_priorityUsedNs, ranNs * PriorityBurst);
        }
    }

    public bool IsPreemptible(int index) => !_table[index].HasPriority && !_isProtected;

    public bool ShouldPreempt(int index) => !_priority.IsEmpty && IsPreemptible(index);
}
