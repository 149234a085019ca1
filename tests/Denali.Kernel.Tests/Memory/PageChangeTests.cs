// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>Pages that differ between bases are found, with the words that do.</summary>
public sealed class PageChangeTests
{
    private const int PageBytes = (int)AddressMap.PageBytes;

    [Fact]
    public void Find_SomePagesDiffer_TellsThoseAndWhere()
    {
        using IMemoryBase from = Make((0x10, 5, 1), (0x20, 0, 9), (0x21, 4095, 3), (0x40, 7, 7));
        using IMemoryBase to = Make((0x10, 5, 1), (0x20, 0, 8), (0x30, 17, 2), (0x30, 24, 2), (0x40, 7, 7));

        IReadOnlyList<PageChange> changes = PageChange.Find(from, to);

        Assert.Equal<uint>([0x20, 0x21, 0x30], changes.Select(change => change.Page));
        Assert.Equal([1, 1, 2], changes.Select(change => change.ByteCount));
        Assert.Equal([(0, 8)], changes[0].Ranges);
        Assert.Equal([(4088, 8)], changes[1].Ranges);
        Assert.Equal([(16, 16)], changes[2].Ranges);
        Assert.Equal(changes.Select(change => change.Page), PageChange.Find(to, from).Select(change => change.Page));
        Assert.Empty(PageChange.Find(to, to));
    }

    private static FakeBase Make(params (uint Page, int Offset, byte Value)[] bytes)
    {
        var commits = new ChunkMap(AddressMap.MemoryMinBytes);
        return new FakeBase(FakeSlot.Describe(AddressMap.MemoryMinBytes), slot => [slot.Terminate(0)], new BaseState
        {
            ChargedBytes = 0,
            Commits = commits,
            Pages = [.. bytes.Select(item => item.Page).Distinct()],
            Read = (page, contents) =>
            {
                Assert.Equal(PageBytes, contents.Length);
                foreach ((uint number, int offset, byte value) in bytes)
                {
                    contents[offset] = number == page ? value : contents[offset];
                }
            },
        });
    }
}
