// SPDX-License-Identifier: MIT
using Denali.Engine;
using Denali.Hardware;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>What differs between two states of a page is found, with the words that do.</summary>
public sealed class PageChangeTests
{
    private const int PageBytes = (int)AddressMap.PageBytes;

    [Fact]
    public void Find_SomeBytesDiffer_TellsHowManyAndInWhichWords()
    {
        byte[] old = new byte[PageBytes];
        byte[] now = new byte[PageBytes];
        (old[0], now[0]) = (9, 8);
        now[17] = 2;
        now[24] = 2;
        now[4095] = 3;
        (old[100], now[100]) = (7, 7);

        PageChange change = PageChange.Find(0x20, old, now);

        Assert.Equal((0x20u, 4), (change.Page, change.ByteCount));
        Assert.Equal([(0, 8), (16, 16), (4088, 8)], change.Ranges);
        Assert.Equal(change.Ranges, PageChange.Find(0x20, now, old).Ranges);
        Assert.Empty(PageChange.Find(0x20, now, now).Ranges);
    }
}
