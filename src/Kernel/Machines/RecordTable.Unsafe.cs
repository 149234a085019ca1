// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using Denali.Linux;

namespace Denali.Kernel.Machines;

/// <summary>
/// A table of records in unmanaged memory: one range of addresses, of which the host commits what was touched. The
/// garbage collector sees one object, however many records there are; their addresses never change.
/// </summary>
/// <typeparam name="T">The record; all zero is its first state.</typeparam>
/// <remarks>Any thread. A record is used by whoever owns it. The memory goes when nobody refers to the table any more,
/// not before: another thread may be looking at a record.</remarks>
internal sealed unsafe class RecordTable<T>
    where T : unmanaged
{
    private readonly MappedRegion _region;
    private readonly T* _records;
    private readonly int _capacity;

    /// <summary>Reserves addresses for the records.</summary>
    /// <param name="capacity">Most records.</param>
    internal RecordTable(int capacity)
    {
        ulong bytes = (ulong)capacity * (uint)RecordBytes;
        _region = MappedRegion.MapAnonymous((bytes + (uint)Environment.SystemPageSize - 1)
            / (uint)Environment.SystemPageSize * (uint)Environment.SystemPageSize);

        // SAFETY: the region lives as long as this table, and is long enough for the capacity.
        _records = (T*)_region.Address;
        _capacity = capacity;
    }

    /// <summary>Bytes of a record.</summary>
    internal static int RecordBytes => Unsafe.SizeOf<T>();

    /// <summary>A record. One that nobody has written to is all zero.</summary>
    /// <param name="index">From 0, below the capacity.</param>
    internal ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_capacity);

            // SAFETY: the index was checked against the length of the mapping.
            return ref _records[index];
        }
    }
}
