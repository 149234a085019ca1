// SPDX-License-Identifier: MIT
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Kernel.Tests.Machines;

/// <summary>Records are found by numbers that never come back.</summary>
public sealed class MachineTableTests
{
    [Fact]
    public void Rent_NewRecord_IsFoundByItsNumber()
    {
        using var table = new MachineTable();

        int index = table.Rent();

        Assert.True(table.TryFind(table[index].MachineId, out int found));
        Assert.Equal(index, found);
        Assert.Equal(MachineState.Created, table[index].State);
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Rent_ReusedRecord_HasANewNumberAndNothingOfTheOld()
    {
        using var table = new MachineTable();
        var seen = new HashSet<ulong>();
        for (int use = 0; use < 1_000; use++)
        {
            int index = table.Rent();
            ref MachineRecord record = ref table[index];
            Assert.Equal(0, index);
            Assert.True(seen.Add(record.MachineId));
            Assert.Equal(0u, record.ChargedBytes + record.CpuNs + record.ExitCount + (ulong)record.Pending);
            Assert.Equal(MachineRecord.None, record.Slot);
            Assert.False(record.IsKilled || record.Interrupted || record.HasPriority || record.IsConsoleBlocked);
            record.ChargedBytes = record.CpuNs = record.ExitCount = 7;
            record.Slot = 3;
            record.IsKilled = record.Interrupted = record.HasPriority = record.IsConsoleBlocked = true;
            table.Return(index);
        }
    }

    [Fact]
    public void TryFind_StaleOrImpossibleNumber_Fails()
    {
        using var table = new MachineTable();
        int index = table.Rent();
        ulong stale = table[index].MachineId;
        table.Return(index);
        int again = table.Rent();
        ulong current = table[again].MachineId;

        Assert.All<ulong>(
            [0, stale, current + 1, current | (1UL << 63), ulong.MaxValue, 0xFF_FFFF, MachineTable.Capacity, 1UL << 24],
            id => Assert.False(table.TryFind(id, out _), $"{id:x}"));
        Assert.True(table.TryFind(current, out _));
    }

    [Fact]
    public void TryFind_NumberOfAFreeRecord_Fails()
    {
        using var table = new MachineTable();
        int index = table.Rent();
        ulong id = table[index].MachineId;
        table.Return(index);

        Assert.False(table.TryFind(id, out _));
        Assert.False(table.TryFind(0, out _));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void TryFind_AfterDispose_Fails()
    {
        var table = new MachineTable();
        ulong id = table[table.Rent()].MachineId;
        table.Dispose();

        Assert.False(table.TryFind(id, out _));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Rent_FullTable_SaysSo()
    {
        using var table = new MachineTable();
        var seen = new HashSet<ulong>(MachineTable.Capacity);
        for (int i = 0; i < MachineTable.Capacity; i++)
        {
            Assert.True(seen.Add(table[table.Rent()].MachineId));
        }

        Assert.Equal(MachineRecord.None, table.Rent());
        Assert.Equal(MachineTable.Capacity, table.Count);
        table.Return(12_345);
        Assert.Equal(12_345, table.Rent());
        Assert.True(seen.Add(table[12_345].MachineId));
    }

    [Fact]
    public void RentAndReturn_FromManyThreads_NumbersAreUniqueAndRecordsExclusive()
    {
        const int Threads = 4;
        const int Rounds = 2_000;
        using var table = new MachineTable();
        var seen = new ConcurrentDictionary<ulong, bool>();
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            var held = new Queue<int>();
            for (int round = 0; round < Rounds; round++)
            {
                int index = table.Rent();
                ulong id = table[index].MachineId;
                table[index].CpuNs = (ulong)number;
                held.Enqueue(index);
                bool isFine = seen.TryAdd(id, true) && table.TryFind(id, out int found) && found == index;
                int oldest = held.Peek();
                isFine &= table[oldest].CpuNs == (ulong)number;
                Interlocked.Add(ref wrong, isFine ? 0 : 1);
                if (held.Count > number + 1)
                {
                    table.Return(held.Dequeue());
                }
            }

            foreach (int index in held)
            {
                table.Return(index);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(0, wrong);
        Assert.Equal(0, table.Count);
        Assert.Equal(Threads * Rounds, seen.Count);
        Assert.True(table.HighWater <= Threads * (Threads + 1));
    }

    [Fact]
    public void RecordBytes_PerMachineWithItsPort_IsWithinThePromise() =>
        Assert.True(MachineTable.RecordBytes + Unsafe.SizeOf<PortRecord>() <= 512);
}
