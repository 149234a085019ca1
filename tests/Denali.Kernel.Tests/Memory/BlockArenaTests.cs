// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Kernel.Memory;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

public sealed class BlockArenaTests
{
    [Fact]
    public void Block_ThatWasReturned_IsTakenAgain()
    {
        var arena = new BlockArena();
        nint stays = arena.TryTake(4800, out int grains);
        Assert.InRange(grains * BlockArena.GrainBytes, 4800, 4800 * 17 / 16);
        nint block = arena.TryTake(4800, out _);
        arena.Return(block);

        Assert.Equal(block, arena.TryTake(4800, out _));
        Assert.NotEqual(stays, arena.TryTake(4800, out _));
    }

    [Fact]
    public void Memory_OfOneSize_IsThereForAnother()
    {
        const int Total = 8 << 20;
        var arena = new BlockArena();
        for (int bytes = 100; bytes <= BlockArena.BlockBytesMax; bytes += bytes / 4)
        {
            nint[] blocks = [.. Enumerable.Range(0, Total / bytes).Select(_ => arena.TryTake(bytes, out int _))];
            Array.ForEach(blocks, arena.Return);
        }

        Assert.InRange(arena.SlabBytesTaken, Total, Total * 3 / 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(BlockArena.BlockBytesMax + 1)]
    public void Size_OutOfRange_IsRefused(int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockArena().TryTake(bytes, out _));

    [Fact]
    public void Blocks_OfRandomSizes_NeverOverlap_AndMemoryIsReused()
    {
        var arena = new BlockArena();
        var random = new Random(1);
        var used = new SortedDictionary<nint, int>();
        for (int step = 0; step < 40_000; step++)
        {
            if (used.Count < 400)
            {
                int bytes = 1 + random.Next(step % 100 == 0 ? BlockArena.BlockBytesMax : 8192);
                nint block = arena.TryTake(bytes, out int grains);
                Assert.InRange(grains * BlockArena.GrainBytes, bytes, BlockArena.BlockBytesMax);
                used.Add(block, grains);
            }
            else
            {
                (nint block, int _) = used.ElementAt(random.Next(used.Count));
                used.Remove(block);
                arena.Return(block);
            }

            if (step % 1000 == 0)
            {
                nint end = 0;
                foreach ((nint block, int grains) in used)
                {
                    Assert.True(block >= end, "two blocks share memory");
                    end = block + (grains * BlockArena.GrainBytes);
                }
            }
        }

        // 400 blocks at a time of 4 KiB on average, out of 20,000 of all sizes.
        Assert.InRange(arena.SlabBytesTaken, 1, 16 << 20);
    }

    [Fact]
    public void Chain_OfSmallAndLargeBlocks_IsReadAsItWasWritten_AndFreedInFull()
    {
        var store = new BlockStore();
        byte[] small = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        byte[] large = [.. Enumerable.Range(0, BlockArena.BlockBytesMax + 1).Select(i => (byte)(i * 7))];

        long chain = store.Add(small, store.Add(large, BlockStore.None));

        Assert.InRange(store.Bytes, small.Length + large.Length, small.Length + large.Length + 256);
        Assert.Equal(store.Bytes, BlockStore.BytesOf(chain));
        Assert.Equal(small, BlockStore.Read(chain, out long next));
        Assert.Equal(large, BlockStore.Read(next, out next));
        Assert.Equal(BlockStore.None, next);
        store.Free(chain);
        Assert.Equal(0, store.Bytes);
    }
}
