// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using Denali.Kernel.Disks;
using Denali.Linux;

namespace Denali.Kernel.Machines;

/// <summary>The records of all VMs, in unmanaged memory. Addresses of records never change.</summary>
/// <remarks>Rent and return from any thread. A record is used by whoever owns it.</remarks>
internal sealed unsafe class MachineTable : IDisposable
{
    /// <summary>Most VMs of a kernel.</summary>
    internal const int Capacity = 1 << 21;

    // The number of a VM says which record it has, and how often the record had been used before: it finds the record
    // without a table, and never comes back.
    private const int IndexBits = 24;

    private const int ChunkShift = 12;
    private const int ChunkRecords = 1 << ChunkShift;

    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private readonly nint[] _chunks = new nint[Capacity / ChunkRecords];
    private readonly MappedRegion?[] _regions = new MappedRegion?[Capacity / ChunkRecords];
    private readonly IMachineObserver?[]?[] _observers = new IMachineObserver?[Capacity / ChunkRecords][];
    private readonly DiskImage[]?[]?[] _disks = new DiskImage[]?[Capacity / ChunkRecords][];
    private int _used;

    /// <summary>Bytes of kernel memory per VM, without its slot.</summary>
    internal static int RecordBytes => Unsafe.SizeOf<MachineRecord>();

    /// <summary>Records in use.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _used - _free.Count;
            }
        }
    }

    /// <summary>Records that were ever in use: an upper bound of indices.</summary>
    internal int HighWater => Volatile.Read(ref _used);

    // SAFETY: indices come from Rent and so lie in an allocated chunk; chunks live as long as the table.
    internal ref MachineRecord this[int index] =>
        ref ((MachineRecord*)_chunks[index >> ChunkShift])[index & (ChunkRecords - 1)];

    internal ref IMachineObserver? Observer(int index) =>
        ref _observers[index >> ChunkShift]![index & (ChunkRecords - 1)];

    /// <summary>The disks of a VM; null for none.</summary>
    internal ref DiskImage[]? Disks(int index) =>
        ref _disks[index >> ChunkShift]![index & (ChunkRecords - 1)];

    /// <summary>Takes a free record and gives it a number.</summary>
    /// <returns>Its index, or <see cref="MachineRecord.None"/> if the table is full.</returns>
    internal int Rent()
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int index))
            {
                if (_used == Capacity)
                {
                    return MachineRecord.None;
                }

                index = _used;
                if ((index & (ChunkRecords - 1)) == 0)
                {
                    ulong bytes = (ulong)ChunkRecords * (uint)RecordBytes;
                    _regions[index >> ChunkShift] = MappedRegion.MapAnonymous(bytes);
                    _chunks[index >> ChunkShift] = _regions[index >> ChunkShift]!.Address;
                    _observers[index >> ChunkShift] = new IMachineObserver?[ChunkRecords];
                    _disks[index >> ChunkShift] = new DiskImage[]?[ChunkRecords];
                }

                Volatile.Write(ref _used, index + 1);
            }

            uint uses = this[index].Uses;
            this[index] = new MachineRecord
            {
                MachineId = ((ulong)uses << IndexBits) | (uint)(index + 1),
                Uses = uses + 1,
                State = MachineState.Created,
                Next = MachineRecord.None,
                Previous = MachineRecord.None,
                TimerBucket = MachineRecord.None,
                Slot = MachineRecord.None,
                ClockPosition = MachineRecord.None,
            };
            return index;
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

    internal void Return(int index)
    {
        lock (_lock)
        {
            this[index] = new MachineRecord { Uses = this[index].Uses };
            Observer(index) = null;
            Disks(index) = null;
            _free.Push(index);
        }
    }

    /// <summary>Ends the use of the table: no VM is found any more.</summary>
    /// <remarks>The memory goes with the last user of the table: another thread may be looking at a record.</remarks>
    public void Dispose()
    {
        lock (_lock)
        {
            Volatile.Write(ref _used, 0);
            _free.Clear();
        }
    }
}
