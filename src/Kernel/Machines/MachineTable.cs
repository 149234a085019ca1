// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Denali.Hardware;
using Denali.Kernel.Disks;

namespace Denali.Kernel.Machines;

/// <summary>The records of all VMs, and the objects that records name by numbers.</summary>
/// <remarks>Rent and return from any thread. A record is used by whoever owns it. Disposing ends the use of the table,
/// see <see cref="RecordTable{T}"/> for its memory.</remarks>
internal sealed class MachineTable : IDisposable
{
    /// <summary>Most VMs of a kernel.</summary>
    internal const int Capacity = 1 << 21;

    // The number of a VM says which record it has, and how often the record had been used before: it finds the record
    // without a table, and never comes back.
    private const int IndexBits = 24;

    private readonly Lock _lock = new();
    private readonly RecordTable<MachineRecord> _records = new(Capacity);
    private readonly SharedTable<IMachineObserver> _observers = new(ReferenceEqualityComparer.Instance);
    private readonly SharedTable<MachineGroup> _groups = new(ReferenceEqualityComparer.Instance);
    private readonly SharedTable<DiskImage[]> _disks = new(new DiskSets());
    private readonly HashSet<ulong> _reserved = [];
    private IndexList _free = new();
    private int _used;

    /// <summary>Bytes of kernel memory per VM, without its slot.</summary>
    internal static int RecordBytes => RecordTable<MachineRecord>.RecordBytes;

    /// <summary>Records in use.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _used - _free.Count - _reserved.Count;
            }
        }
    }

    /// <summary>Records that were ever in use: an upper bound of indices.</summary>
    internal int HighWater => Volatile.Read(ref _used);

    internal ref MachineRecord this[int index] => ref _records[index];

    /// <summary>Who observes a VM that was equipped.</summary>
    internal IMachineObserver Observer(int index) => _observers[_records[index].Observer];

    /// <summary>The disks of a VM that was equipped; null for none.</summary>
    internal DiskImage[]? Disks(int index) =>
        _records[index].Disks == MachineRecord.None ? null : _disks[_records[index].Disks];

    /// <summary>The group of a VM; null for none.</summary>
    internal MachineGroup? Group(in MachineRecord record) =>
        record.Group == 0 ? null : _groups[record.Group - 1];

    /// <summary>Gives a new VM its observer, its disks and its group, until its record is returned.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="observer">The observer.</param>
    /// <param name="disks">The disks.</param>
    /// <param name="group">The group, or null.</param>
    internal void Equip(
        int index, IMachineObserver observer, IReadOnlyList<DiskImage> disks, MachineGroup? group = null)
    {
        ref MachineRecord record = ref _records[index];
        record.Observer = _observers.Acquire(observer);
        record.Disks = disks.Count == 0 ? MachineRecord.None : _disks.Acquire([.. disks]);
        record.Group = group is null ? 0 : _groups.Acquire(group) + 1;
    }

    /// <summary>Takes a free record and gives it a number.</summary>
    /// <returns>Its index, or <see cref="MachineRecord.None"/> if the table is full.</returns>
    internal int Rent()
    {
        lock (_lock)
        {
            int index = _free.TakeFirst(this);
            if (index == MachineRecord.None)
            {
                if (_used == Capacity)
                {
                    return MachineRecord.None;
                }

                index = _used;
                Volatile.Write(ref _used, index + 1);
            }

            Begin(index);
            return index;
        }
    }

    /// <summary>Keeps the records of VMs of an earlier kernel for them. Once, before the first is rented.</summary>
    /// <param name="machineIds">Their numbers.</param>
    internal void Reserve(IEnumerable<ulong> machineIds)
    {
        lock (_lock)
        {
            foreach (ulong id in machineIds)
            {
                int index = IndexOf(id);
                _ = _reserved.Add(id);
                this[index].Uses = (uint)(id >> IndexBits);
                Volatile.Write(ref _used, Math.Max(_used, index + 1));
            }

            for (int index = _used - 1; index >= 0; index--)
            {
                if (!_reserved.Contains(IdOf(index)))
                {
                    _free.AddFirst(this, index);
                }
            }
        }
    }

    /// <summary>Whether a record is kept for a VM.</summary>
    /// <param name="machineId">The VM's number.</param>
    internal bool IsReserved(ulong machineId)
    {
        lock (_lock)
        {
            return _reserved.Contains(machineId);
        }
    }

    /// <summary>Takes the record that was kept for a VM.</summary>
    /// <param name="machineId">The VM's number, which it gets again.</param>
    /// <param name="index">Its index.</param>
    /// <returns>False if none is kept, or not any more.</returns>
    internal bool TryRentReserved(ulong machineId, out int index)
    {
        lock (_lock)
        {
            index = IndexOf(machineId);
            if (!_reserved.Remove(machineId))
            {
                return false;
            }

            Begin(index);
            return true;
        }
    }

    /// <summary>Keeps a record no longer for a VM, which does not come back.</summary>
    /// <param name="machineId">The VM's number.</param>
    /// <returns>False if none was kept.</returns>
    internal bool TryRelease(ulong machineId)
    {
        lock (_lock)
        {
            if (!_reserved.Remove(machineId))
            {
                return false;
            }

            int index = IndexOf(machineId);
            this[index].Uses++;
            _free.AddFirst(this, index);
            return true;
        }
    }

    /// <summary>The index that a VM with a number has, or had.</summary>
    internal static int IndexOf(ulong machineId) => (int)(machineId & ((1u << IndexBits) - 1)) - 1;

    /// <summary>Finds a VM by its number. It may end at any time after that.</summary>
    internal bool TryFind(ulong machineId, out int index)
    {
        index = IndexOf(machineId);
        return index >= 0 && index < HighWater && Volatile.Read(ref this[index].MachineId) == machineId;
    }

    /// <summary>Frees a record, and what it names.</summary>
    internal void Return(int index)
    {
        MachineRecord record = this[index];
        lock (_lock)
        {
            this[index] = new MachineRecord { Uses = this[index].Uses };
            _free.AddFirst(this, index);
        }

        Release(record);
    }

    /// <summary>Keeps a record again for a VM that could not be resumed, and frees what it names.</summary>
    internal void ReserveAgain(int index)
    {
        MachineRecord record = this[index];
        lock (_lock)
        {
            this[index] = new MachineRecord { Uses = this[index].Uses - 1 };
            _ = _reserved.Add(IdOf(index));
        }

        Release(record);
    }

    /// <summary>Ends the use of the table: no VM is found any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Volatile.Write(ref _used, 0);
            _free = new IndexList();
        }
    }

    private ulong IdOf(int index) => ((ulong)this[index].Uses << IndexBits) | (uint)(index + 1);

    private void Begin(int index) => this[index] = new MachineRecord
    {
        MachineId = IdOf(index),
        Uses = this[index].Uses + 1,
        State = MachineState.Created,
        Next = MachineRecord.None,
        Previous = MachineRecord.None,
        TimerBucket = MachineRecord.None,
        Slot = MachineRecord.None,
        ClockPosition = MachineRecord.None,
        DeadlineNs = InstructionPage.Never,
        Observer = MachineRecord.None,
        Disks = MachineRecord.None,
    };

    private void Release(in MachineRecord record)
    {
        if (record.Observer != MachineRecord.None)
        {
            _observers.Release(record.Observer);
        }

        if (record.Disks != MachineRecord.None)
        {
            _disks.Release(record.Disks);
        }

        if (record.Group != 0)
        {
            _groups.Release(record.Group - 1);
        }
    }
}
