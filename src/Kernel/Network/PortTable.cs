// SPDX-License-Identifier: MIT
using System.Threading;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Network;

/// <summary>The switch's records of all VMs, by their index. Their places never change.</summary>
internal sealed class PortTable
{
    private readonly RecordTable<PortRecord> _records = new(MachineTable.Capacity);

    /// <summary>The record of a VM.</summary>
    internal ref PortRecord this[int index] => ref _records[index];

    /// <summary>Attaches a VM that is being set up.</summary>
    internal void Attach(int index, ulong machineId, NetworkOptions options)
    {
        RateLimit bytes = RateLimit.Create(options.BytesPerSecond, options.BurstBytes, "bytes");
        RateLimit frames = RateLimit.Create(options.FramesPerSecond, options.BurstFrames, "frames");
        ref PortRecord port = ref this[index];
        port = new PortRecord
        {
            Group = options.Group,
            AllowsOutbound = options.AllowOutbound,
            Next = MachineRecord.None,
            Previous = MachineRecord.None,
            QueueFirst = MachineRecord.None,
            QueueLast = MachineRecord.None,
            ByteRate = bytes,
            FrameRate = frames,
        };
        Volatile.Write(ref port.MachineId, machineId);
    }

    /// <summary>Ends the use of a record. Its counters stay until its index is used again.</summary>
    internal void Detach(int index) => Volatile.Write(ref this[index].MachineId, 0);

    /// <summary>Whether a VM is attached at this moment.</summary>
    /// <param name="index">An index, not negative and below the table's capacity.</param>
    /// <param name="machineId">Its number.</param>
    /// <param name="group">Its isolation group.</param>
    /// <returns>False if none is.</returns>
    internal bool TryFind(int index, out ulong machineId, out uint group)
    {
        ref PortRecord port = ref this[index];
        machineId = Volatile.Read(ref port.MachineId);
        group = port.Group;
        return machineId != 0;
    }
}
