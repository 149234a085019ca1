// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Denali.Kernel.Swap;
using Xunit;

namespace Denali.Kernel.Tests.Swap;

/// <summary>No block has two owners, what is free can be had, and the file stays short.</summary>
public sealed class BlockMapTests
{
    [Fact]
    public void Take_RandomUse_BlocksHaveOneOwnerAndAllThatIsFreeCanBeHad() =>
        Gen.Select(Gen.UInt[1, 400], Gen.Int).Sample((limit, seed) =>
        {
            var random = new Random(seed);
            var map = new BlockMap(limit);
            var taken = new List<SwapRun[]>();
            HashSet<uint> used = [];
            SwapRun[] runs = new SwapRun[16];
            for (int step = 0; step < 300; step++)
            {
                uint wanted = (uint)random.Next(1, 16);
                if (random.Next(3) != 0 && map.TryTake(wanted, runs, out int count))
                {
                    Assert.Equal(wanted, (uint)runs[..count].Sum(run => run.Count));
                    Assert.All(runs[..count].SelectMany(Blocks), block => Assert.True(used.Add(block)));
                    taken.Add(runs[..count]);
                }
                else if (taken.Count > 0)
                {
                    SwapRun[] gone = taken[random.Next(taken.Count)];
                    taken.Remove(gone);
                    Array.ForEach(gone, map.Return);
                    used.ExceptWith(gone.SelectMany(Blocks));
                }

                Assert.Equal((uint)used.Count, map.Used);
                Assert.True(map.Extent <= limit);
                Assert.True(used.Count == 0 || used.Max() < map.Extent);
            }

            // However they are scattered: sixteen at a time can be had as long as there are so many.
            while (map.Used + 16 <= limit)
            {
                Assert.True(map.TryTake(16, runs, out _), $"{map.Used} of {limit} are in use");
            }

            return true;
        });

    [Fact]
    public void Take_EveryOtherBlockIsFree_GivesPieces()
    {
        var map = new BlockMap(64);
        SwapRun[] runs = new SwapRun[64];
        Assert.True(map.TryTake(64, runs, out _));
        for (uint block = 0; block < 64; block += 2)
        {
            map.Return(new SwapRun(block, 1));
        }

        Assert.True(map.TryTake(32, runs, out int count));
        Assert.Equal(32, count);
        Assert.False(map.TryTake(1, runs, out _));
    }

    [Fact]
    public void Take_MorePiecesThanAsked_TakesNothing()
    {
        var map = new BlockMap(64);
        SwapRun[] runs = new SwapRun[64];
        Assert.True(map.TryTake(64, runs, out _));
        for (uint block = 0; block < 64; block += 2)
        {
            map.Return(new SwapRun(block, 1));
        }

        Assert.False(map.TryTake(9, runs.AsSpan(0, 8), out _));
        Assert.Equal(32u, map.Used);
    }

    [Fact]
    public void Take_LongChurn_FileIsAtMostAQuarterLongerThanWhatWasInIt()
    {
        var random = new Random(7);
        var map = new BlockMap(1_000_000);
        SwapRun[] runs = new SwapRun[400];
        var taken = new List<SwapRun[]>();
        uint most = 0;
        int pieces = 0;
        int takes = 0;
        for (int step = 0; step < 60_000; step++)
        {
            if (taken.Count >= 2_000)
            {
                int at = random.Next(taken.Count);
                Array.ForEach(taken[at], map.Return);
                taken[at] = taken[^1];
                taken.RemoveAt(taken.Count - 1);
            }

            uint size = (uint)(random.Next(20) == 0 ? random.Next(1, 64) : random.Next(1, 5));
            Assert.True(map.TryTake(size, runs, out int count));
            taken.Add(runs[..count]);
            pieces += count;
            takes++;
            most = Math.Max(most, map.Used);
        }

        Assert.True(map.Extent <= (most * 5 / 4) + 64, $"{map.Extent} blocks for at most {most}");
        Assert.True(pieces < takes * 1.3, $"{pieces} pieces for {takes}");
    }

    [Fact]
    public void TakeRun_InUseOrBeyondTheEnd_IsRefused()
    {
        var map = new BlockMap(100);
        Assert.True(map.TryTake(new SwapRun(10, 5)));
        Assert.False(map.TryTake(new SwapRun(14, 2)));
        Assert.False(map.TryTake(new SwapRun(99, 2)));
        Assert.False(map.TryTake(new SwapRun(uint.MaxValue, 2)));
        Assert.False(map.TryTake(new SwapRun(3, 0)));
        Assert.True(map.TryTake(new SwapRun(15, 85)));
        Assert.Equal(90u, map.Used);
    }

    private static IEnumerable<uint> Blocks(SwapRun run)
    {
        for (uint i = 0; i < run.Count; i++)
        {
            yield return run.First + i;
        }
    }
}
