// SPDX-License-Identifier: MIT
using Denali.Kernel.Machines;

namespace Denali.Kernel.Network;

/// <summary>A doubly linked list of VMs, threaded through their ports. First in, first out.</summary>
internal struct PortList
{
    private int _first = MachineRecord.None;
    private int _last = MachineRecord.None;

    /// <summary>An empty list.</summary>
    public PortList()
    {
    }

    internal readonly bool IsEmpty => _first == MachineRecord.None;

    internal readonly int First => _first;

    internal void AddLast(PortTable table, int index)
    {
        ref PortRecord port = ref table[index];
        port.Previous = _last;
        port.Next = MachineRecord.None;
        if (_last == MachineRecord.None)
        {
            _first = index;
        }
        else
        {
            table[_last].Next = index;
        }

        _last = index;
    }

    internal void Remove(PortTable table, int index)
    {
        ref PortRecord port = ref table[index];
        if (port.Previous == MachineRecord.None)
        {
            _first = port.Next;
        }
        else
        {
            table[port.Previous].Next = port.Next;
        }

        if (port.Next == MachineRecord.None)
        {
            _last = port.Previous;
        }
        else
        {
            table[port.Next].Previous = port.Previous;
        }

        port.Next = MachineRecord.None;
        port.Previous = MachineRecord.None;
    }
}
