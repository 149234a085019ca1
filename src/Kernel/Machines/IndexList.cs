// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Machines;

/// <summary>A doubly linked list of VMs, threaded through their records. First in, first out.</summary>
internal struct IndexList
{
    private int _first = MachineRecord.None;
    private int _last = MachineRecord.None;

    /// <summary>An empty list.</summary>
    public IndexList()
    {
    }

    internal int Count { get; private set; }

    internal readonly bool IsEmpty => _first == MachineRecord.None;

    internal readonly int First => _first;

    internal void AddLast(MachineTable table, int index)
    {
        ref MachineRecord record = ref table[index];
        record.Previous = _last;
        record.Next = MachineRecord.None;
        if (_last == MachineRecord.None)
        {
            _first = index;
        }
        else
        {
            table[_last].Next = index;
        }

        _last = index;
        Count++;
    }

    internal void AddFirst(MachineTable table, int index)
    {
        ref MachineRecord record = ref table[index];
        record.Next = _first;
        record.Previous = MachineRecord.None;
        if (_first == MachineRecord.None)
        {
            _last = index;
        }
        else
        {
            table[_first].Previous = index;
        }

        _first = index;
        Count++;
    }

    internal void Remove(MachineTable table, int index)
    {
        ref MachineRecord record = ref table[index];
        if (record.Previous == MachineRecord.None)
        {
            _first = record.Next;
        }
        else
        {
            table[record.Previous].Next = record.Next;
        }

        if (record.Next == MachineRecord.None)
        {
            _last = record.Previous;
        }
        else
        {
            table[record.Next].Previous = record.Previous;
        }

        record.Next = MachineRecord.None;
        record.Previous = MachineRecord.None;
        Count--;
    }

    internal int TakeFirst(MachineTable table)
    {
        int index = _first;
        if (index != MachineRecord.None)
        {
            Remove(table, index);
        }

        return index;
    }
}
