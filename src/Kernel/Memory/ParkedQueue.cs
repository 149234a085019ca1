// SPDX-License-Identifier: MIT
using Denali.Kernel.Machines;

namespace Denali.Kernel.Memory;

/// <summary>
/// The VMs of a worker that are parked in memory and idle, coldest first: who goes to the swap file next.
/// </summary>
/// <remarks>
/// As 2Q does it (Johnson and Shasha, VLDB 1994): a VM that came from the swap file, or ran for the first time, stands
/// in the cold line; only one that is visited again while it is parked in memory comes to the warm one. What belongs to
/// one visit is what <see cref="SlotClock"/> takes for it. The cold line gives, as long as it is more than a quarter of
/// all. So a sweep over all VMs pushes out itself and not the popular
/// ones. Its worker's own.
/// </remarks>
internal sealed class ParkedQueue(MachineTable table)
{
    private const int ColdDivisor = 4;

    private Line _cold = new();
    private Line _warm = new();

    /// <summary>VMs in both lines.</summary>
    internal int Count => _cold.Count + _warm.Count;

    /// <summary>A VM was parked that idles.</summary>
    internal void Add(int index)
    {
        ref MachineRecord record = ref table[index];
        record.IsParkedIdle = true;
        (record.IsReused ? ref _warm : ref _cold).AddLast(table, index);
    }

    /// <summary>A VM is to run.</summary>
    internal void Wake(int index, ulong nowNs)
    {
        ref MachineRecord record = ref table[index];
        Remove(index);
        record.IsReused |= nowNs - record.VisitNs >= SlotClock.VisitNs;
    }

    /// <summary>A VM has ended, goes to another worker, or to the swap file.</summary>
    internal void Remove(int index)
    {
        ref MachineRecord record = ref table[index];
        record.IsParkedIdle = false;
        (record.IsReused ? ref _warm : ref _cold).Remove(table, index);
    }

    /// <summary>The VM to give up first.</summary>
    /// <returns>The VM, or <see cref="MachineRecord.None"/>.</returns>
    internal int Coldest() => _cold.Count > Count / ColdDivisor || _warm.Count == 0 ? _cold.First : _warm.First;

    /// <summary>A list by the links that records have for this alone: a VM that is parked may wait for its time.
    /// </summary>
    private struct Line
    {
        private int _last = MachineRecord.None;

        public Line()
        {
        }

        internal int First { get; private set; } = MachineRecord.None;

        internal int Count { get; private set; }

        internal void AddLast(MachineTable table, int index)
        {
            ref MachineRecord record = ref table[index];
            record.ParkedPrevious = _last;
            record.ParkedNext = MachineRecord.None;
            if (_last == MachineRecord.None)
            {
                First = index;
            }
            else
            {
                table[_last].ParkedNext = index;
            }

            _last = index;
            Count++;
        }

        internal void Remove(MachineTable table, int index)
        {
            ref MachineRecord record = ref table[index];
            if (record.ParkedPrevious == MachineRecord.None)
            {
                First = record.ParkedNext;
            }
            else
            {
                table[record.ParkedPrevious].ParkedNext = record.ParkedNext;
            }

            if (record.ParkedNext == MachineRecord.None)
            {
                _last = record.ParkedPrevious;
            }
            else
            {
                table[record.ParkedNext].ParkedPrevious = record.ParkedPrevious;
            }

            Count--;
        }
    }
}
