// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>Private pages are found, and no others.</summary>
public sealed class PageMapTests : IDisposable
{
    private const int Page = 4096;
    private const int Pages = 1500; // more than one batch

    private readonly PageMap _map = new();
    private readonly MappedRegion _region = MappedRegion.MapAnonymous(Pages * Page);

    public PageMapTests() => _region.DisableHugePages();

    public void Dispose()
    {
        _map.Dispose();
        _region.Dispose();
    }

    [Fact]
    public void FindPrivate_WrittenPages_AreFoundInOrder()
    {
        using SharedMemoryFile file =
            SharedMemoryFile.Create("test", 8 * Page, memory => memory.Slice(0, 8 * Page).Fill(7));
        _region.Overlay(4 * Page, file);
        Assert.Equal(7, _region.Slice(6 * Page, 1)[0]);
        foreach (int page in (int[])[0, 5, 9, 700, Pages - 1])
        {
            _region.Slice((ulong)page * Page, 1)[0] = 1;
        }

        uint[] found = new uint[Pages];
        int count = _map.FindPrivate(_region, 0, Pages, found);

        Assert.Equal([0, 5, 9, 700, Pages - 1], found[..count]);
    }

    [Fact]
    public void FindPrivate_PartOfTheRegionAndLittleRoom_StaysInside()
    {
        for (ulong page = 10; page < 20; page++)
        {
            _region.Slice(page * Page, 1)[0] = 1;
        }

        uint[] found = new uint[3];

        Assert.Equal(3, _map.FindPrivate(_region, 12, 100, found));
        Assert.Equal([12u, 13u, 14u], found);
        Assert.Equal(2, _map.FindPrivate(_region, 18, 100, found));
        Assert.Equal([18u, 19u], found[..2]);
        Assert.Equal(0, _map.FindPrivate(_region, 20, Pages - 20, found));
    }

    [Fact]
    public void FindPrivate_DroppedPages_AreNotFound()
    {
        _region.Slice(0, 1)[0] = 1;
        _region.DropPrivatePages();

        Assert.Equal(0, _map.FindPrivate(_region, 0, Pages, new uint[1]));
    }

    [Fact]
    public void FindPrivate_OutsideTheRegion_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _map.FindPrivate(_region, 1, Pages, new uint[1]));
}
