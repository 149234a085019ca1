// SPDX-License-Identifier: MIT
using Xunit;

namespace Denali.Hardware.Tests;

/// <summary>The arithmetic of ring positions.</summary>
public sealed class RingLayoutTests
{
    [Fact]
    public void Contiguous_HeaderThenEntries()
    {
        RingLayout layout = RingLayout.Contiguous(32, 8);
        Assert.Equal(0u, layout.HeaderOffset);
        Assert.Equal((uint)RingHeader.SizeOf, layout.DataOffset);
        Assert.Equal((uint)RingHeader.SizeOf + (32 * 8), layout.TotalBytes);
    }

    [Fact]
    public void EntryCount_OnlyPowersOfTwoUpToTheMaximum()
    {
        for (uint count = 0; count <= 4 * RingLayout.EntryCountMax; count++)
        {
            bool expected = uint.PopCount(count) == 1 && count <= RingLayout.EntryCountMax;
            Assert.Equal(expected, RingLayout.IsValidEntryCount(count));
        }

        Assert.False(RingLayout.IsValidEntryCount(0x8000_0000));
        Assert.False(RingLayout.IsValidEntryCount(uint.MaxValue));
    }

    [Theory]
    [InlineData(0u, 200u, 4u)]
    [InlineData(3u, 230u, 1u)]
    [InlineData(4u, 200u, 4u)]
    [InlineData(uint.MaxValue, 230u, 1u)]
    public void Index_SelectsAnEntry(uint index, uint offset, uint contiguous)
    {
        RingLayout layout = new(headerOffset: 64, dataOffset: 200, entryBytes: 10, entryCount: 4);
        Assert.Equal(offset, layout.OffsetOf(index));
        Assert.Equal(contiguous, layout.ContiguousFrom(index));
    }

    [Fact]
    public void LargestRing_StaysBelowTheSmallestMemory()
    {
        Assert.True(RingLayout.Contiguous(64, RingLayout.EntryCountMax).TotalBytes <= int.MaxValue);
        Assert.True(RingLayout.Contiguous(NicDescriptor.SizeOf, 1024).TotalBytes < AddressMap.MemoryMinBytes);
    }
}
