// SPDX-License-Identifier: MIT
using System;
using CsCheck;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

public sealed class IntervalSetTests
{
    [Fact]
    public void AnyAdditions_AgreeWithAMapOfBytes() =>
        Gen.Select(Gen.UInt, Gen.Select(Gen.Int[1, 400], Gen.Int[1, 40]).Array[0, 60]).Sample((origin, adds) =>
        {
            IntervalSet set = new();
            bool[] map = new bool[600];
            foreach ((int start, int length) in adds)
            {
                Assert.True(set.Add(origin + (uint)start, origin + (uint)(start + length)));
                Array.Fill(map, true, start, length);
            }

            Assert.Equal(map, MapOf(set, origin));
            int next = 0;
            while (adds.Length > 0 && !map[next + 1])
            {
                next++;
            }

            uint taken = set.TakeUpTo(origin + (uint)next + 1);
            int end = next + 1;
            while (map[end])
            {
                map[end++] = false;
            }

            Assert.Equal(origin + (uint)end, taken);
            Assert.Equal(map, MapOf(set, origin));
        });

    [Fact]
    public void Full_RefusesAnotherRangeButJoinsMore()
    {
        IntervalSet set = new();
        for (uint i = 0; i < IntervalSet.Capacity; i++)
        {
            Assert.True(set.Add(i * 10, (i * 10) + 5));
        }

        Assert.False(set.Add(100_000, 100_001));
        Assert.True(set.Add(5, 10));
        Assert.Equal(IntervalSet.Capacity - 1, set.Count);
        Assert.True(set.Add(100_000, 100_001));
        Assert.True(set.Contains(0, 15));
        Assert.False(set.Contains(0, 16));
    }

    private static bool[] MapOf(IntervalSet set, uint origin)
    {
        bool[] map = new bool[600];
        uint stamp = uint.MaxValue;
        int count = 0;
        while (set.TryNextRecent(ref stamp, out uint start, out uint end))
        {
            Array.Fill(map, true, (int)(start - origin), (int)(end - start));
            count++;
        }

        Assert.Equal(set.Count, count);
        return map;
    }
}
