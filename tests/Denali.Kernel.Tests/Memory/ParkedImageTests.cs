// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using CsCheck;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Memory;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>What is saved of a VM's memory comes back as it was, and nothing more is kept than must be.</summary>
public sealed class ParkedImageTests
{
    private const int PageBytes = (int)AddressMap.PageBytes;
    private const uint FirstPage = (uint)(AddressMap.RegisterPageBase / AddressMap.PageBytes);
    private const uint EndPage = (uint)(AddressMap.MemoryMinBytes / AddressMap.PageBytes);

    private readonly BlockStore _store = new();

    [Fact]
    public void Load_AfterSave_GivesTheSameMemory() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int).Sample(
            (pages, seed) =>
            {
                var store = new BlockStore();
                var random = new Random(seed);
                var template = new PageBase(random);
                FakeSlot slot = Bind(template);
                for (int i = 0; i < pages; i++)
                {
                    Write(slot, random);
                }

                int[] chunks = [random.Next(1, 16), random.Next(1, 16)];
                Array.ForEach(chunks, slot.CommitAgain);
                byte[] before = Read(slot);
                var image = new ParkedImage(store);

                Assert.True(image.TrySave(slot, template, isInterrupted: false, out long chain));
                FakeSlot other = Bind(template);
                image.Load(chain, other, template);

                Assert.Equal(before, Read(other));
                Assert.All(chunks, chunk => Assert.Equal(chunk, other.Commits.Next(chunk)));
                store.Free(chain);
                Assert.Equal(0, store.Bytes);
                slot.Dispose();
                other.Dispose();
            },
            iter: 60);

    [Fact]
    public void TrySave_PagesLikeTheBase_KeepsNothingOfThem()
    {
        var template = new PageBase(new Random(1));
        using FakeSlot slot = Bind(template);
        var image = new ParkedImage(_store);

        Assert.True(image.TrySave(slot, template, isInterrupted: false, out long chain));

        Assert.Equal(BlockStore.None, chain);
        Assert.Equal(0, image.SavedPages);
    }

    [Fact]
    public void TrySave_OneWordChanged_KeepsFewBytes()
    {
        var template = new PageBase(new Random(1));
        using FakeSlot slot = Bind(template);
        Assert.True(slot.Memory.TryWrite((FirstPage + 3) * (ulong)PageBytes, [1, 2, 3, 4]));
        var image = new ParkedImage(_store);

        Assert.True(image.TrySave(slot, template, isInterrupted: false, out long chain));

        Assert.Equal(1, image.SavedPages);
        Assert.InRange(BlockStore.BytesOf(chain), 1, 128);
        _store.Free(chain);
    }

    [Fact]
    public void Load_OfAnInterruptedMachine_PutsRegistersBack()
    {
        var template = new PageBase(new Random(1));
        using FakeSlot slot = Bind(template);
        slot.Registers.R13 = 99;
        var image = new ParkedImage(_store);
        Assert.True(image.TrySave(slot, template, isInterrupted: true, out long chain));
        using FakeSlot other = Bind(template);

        image.Load(chain, other, template);

        Assert.Equal(99u, other.Registers.R13);
        _store.Free(chain);
    }

    private static FakeSlot Bind(PageBase template)
    {
        FakeSlot slot = FakeSlot.Standalone();
        foreach ((uint page, byte[] contents) in template.Pages)
        {
            Assert.True(slot.Memory.TryWrite(page * (ulong)PageBytes, contents));
        }

        return slot;
    }

    private static void Write(FakeSlot slot, Random random)
    {
        uint page = (uint)random.Next((int)FirstPage, (int)EndPage);
        byte[] bytes = new byte[random.Next(1, PageBytes)];
        random.NextBytes(bytes);
        Assert.True(slot.Memory.TryWrite(page * (ulong)PageBytes, bytes));
    }

    private static byte[] Read(FakeSlot slot)
    {
        byte[] memory = new byte[(EndPage - FirstPage) * PageBytes];
        Assert.True(slot.Memory.TryRead(AddressMap.RegisterPageBase, memory));
        return memory;
    }

    /// <summary>A base some of whose pages have contents.</summary>
    private sealed class PageBase : IMemoryBase
    {
        internal PageBase(Random random)
        {
            for (uint page = FirstPage; page < EndPage; page += (uint)random.Next(1, 5))
            {
                byte[] contents = new byte[PageBytes];
                random.NextBytes(contents);
                Pages.Add(page, contents);
            }
        }

        public BaseDescription Description { get; } = FakeSlot.Describe(AddressMap.MemoryMinBytes);

        public ulong ChargedBytes => 0;

        public ChunkMap Commits { get; } = new(AddressMap.MemoryMinBytes);

        internal Dictionary<uint, byte[]> Pages { get; } = [];

        public bool TryGetPage(uint page, out ReadOnlySpan<byte> contents)
        {
            bool has = Pages.TryGetValue(page, out byte[]? bytes);
            contents = bytes;
            return has;
        }

        public bool TryGetNextPage(ref uint page, out ReadOnlySpan<byte> contents) =>
            throw new NotSupportedException("Nobody saves this base.");

        public void Dispose()
        {
        }
    }
}
