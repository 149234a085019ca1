// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Kernel.Tests.Machines;

/// <summary>Objects by numbers: shared while they are used, forgotten when they are not.</summary>
public sealed class SharedTableTests
{
    [Fact]
    public void Acquire_SameObject_GivesItsNumberAgain()
    {
        var table = new SharedTable<string>();

        int first = table.Acquire("a");
        int other = table.Acquire("b");

        Assert.Equal(first, table.Acquire("a"));
        Assert.NotEqual(first, other);
        Assert.Equal(("a", "b"), (table[first], table[other]));
    }

    [Fact]
    public void Release_LastUse_LetsGoOfTheObjectAndItsNumber()
    {
        var table = new WatchedTable();
        int number = table.Acquire("a");
        _ = table.Acquire("a");

        table.Release(number);
        Assert.Equal("a", table[number]);
        Assert.Equal(["+a"], table.Events);
        table.Release(number);

        Assert.Null(table[number]);
        Assert.Equal(["+a", "-a"], table.Events);
        Assert.Equal(number, table.Acquire("b"));
        Assert.Equal("b", table[number]);
    }

    [Fact]
    public void Acquire_RefusedObject_LeavesNothingBehind()
    {
        var table = new WatchedTable { Refused = "a" };
        _ = Assert.Throws<KeyNotFoundException>(() => table.Acquire("a"));

        table.Refused = null;

        Assert.Equal(0, table.Acquire("a"));
        table.Release(0);
        Assert.Equal(["+a", "-a"], table.Events);
    }

    [Fact]
    public void Acquire_ManyObjects_KeepTheirNumbers()
    {
        var table = new SharedTable<string>();
        string[] items = [.. Enumerable.Range(0, 1_000).Select(number => $"{number}")];

        int[] numbers = [.. items.Select(table.Acquire)];

        Assert.Equal(items, numbers.Select(number => table[number]));
        Assert.Equal(items.Length, numbers.Distinct().Count());
    }

    private sealed class WatchedTable : SharedTable<string>
    {
        internal string? Refused { get; set; }

        internal List<string> Events { get; } = [];

        protected override void OnFirst(string item)
        {
            if (item == Refused)
            {
                throw new KeyNotFoundException(item);
            }

            Events.Add("+" + item);
        }

        protected override void OnLast(string item) => Events.Add("-" + item);
    }
}
