// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Denali.Hardware.Tests;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Kernel.Tests.Machines;

/// <summary>The list through the records behaves like a linked list of the class library.</summary>
public sealed class IndexListTests
{
    private const int Records = 8;

    private static readonly Gen<(int Kind, int Index)[]> s_steps =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, Records - 1]).Array[1, 100];

    [Fact]
    public void RandomSteps_AgreeWithALinkedList() =>
        s_steps.Sample(steps => Agrees(steps), iter: Iterations.Of(2_000), threads: 1);

    private static bool Agrees((int Kind, int Index)[] steps)
    {
        using var table = new MachineTable();
        int[] indices = [.. Enumerable.Range(0, Records).Select(_ => table.Rent())];
        var list = new IndexList();
        var model = new LinkedList<int>();
        foreach ((int kind, int position) in steps)
        {
            int index = indices[position];
            bool isIn = model.Contains(index);
            switch (kind)
            {
                case 0 when !isIn:
                    list.AddLast(table, index);
                    model.AddLast(index);
                    break;
                case 1 when !isIn:
                    list.AddFirst(table, index);
                    model.AddFirst(index);
                    break;
                case 2 when isIn:
                    list.Remove(table, index);
                    model.Remove(index);
                    break;
                case 3:
                    int expected = model.First?.Value ?? MachineRecord.None;
                    Assert.Equal(expected, list.TakeFirst(table));
                    model.Remove(expected);
                    break;
            }

            Assert.Equal(model.Count, list.Count);
            Assert.Equal(model.Count == 0, list.IsEmpty);
            Assert.Equal(model, Walk(table, list, forwards: true));
            Assert.Equal(model.Reverse(), Walk(table, list, forwards: false));
        }

        return true;
    }

    private static List<int> Walk(MachineTable table, IndexList list, bool forwards)
    {
        var found = new List<int>();
        int last = MachineRecord.None;
        for (int index = list.First; index != MachineRecord.None; index = table[index].Next)
        {
            found.Add(index);
            last = index;
        }

        if (forwards)
        {
            return found;
        }

        found.Clear();
        for (int index = last; index != MachineRecord.None; index = table[index].Previous)
        {
            found.Add(index);
        }

        return found;
    }
}
