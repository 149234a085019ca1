// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>Regions stay inside their bounds, and what lies under a copy-on-write overlay does not change.</summary>
public sealed class MappedRegionTests
{
    private const int Page = 4096;
    private const int Permission = 1;
    private const int NoMemory = 12;

    [Fact]
    public void MapAnonymous_Memory_IsZeroAndWritable()
    {
        using var region = MappedRegion.MapAnonymous(4 * Page);
        Span<byte> bytes = region.Slice(0, 4 * Page);

        Assert.False(bytes.ContainsAnyExcept((byte)0));
        bytes.Fill(7);
        Assert.False(region.Slice(0, 4 * Page).ContainsAnyExcept((byte)7));
        Assert.Equal(0, region.Address % Page);
        Assert.Equal(4u * Page, region.Bytes);
    }

    [Fact]
    public void MapAnonymous_MoreThanThereIs_SaysWhatAndWhy()
    {
        LinuxException e = Assert.Throws<LinuxException>(() => MappedRegion.MapAnonymous(1UL << 60));

        Assert.Equal(NoMemory, e.Errno);
        Assert.Contains("mmap (1152921504606846976 bytes) failed: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlay_Written_LeavesTheFileUnchanged()
    {
        using SharedMemoryFile file = MakeFile(2 * Page, 0xAB);
        using var first = MappedRegion.MapAnonymous(4 * Page);
        using var second = MappedRegion.MapAnonymous(4 * Page);
        first.Overlay(Page, file);
        second.Overlay(0, file);

        first.Slice(Page, 2 * Page).Fill(1);

        Assert.False(second.Slice(0, 2 * Page).ContainsAnyExcept((byte)0xAB));
        Assert.False(first.Slice(Page, 2 * Page).ContainsAnyExcept((byte)1));
        Assert.Equal(0, first.Slice(0, 1)[0]);
        Assert.Equal(0, first.Slice(3 * Page, 1)[0]);
    }

    [Fact]
    public void Overlay_FileDisposed_KeepsTheContents()
    {
        using var region = MappedRegion.MapAnonymous(2 * Page);
        using (SharedMemoryFile file = MakeFile(Page, 0xAB))
        {
            region.Overlay(Page, file);
        }

        Assert.Equal(0xAB, region.Slice(Page, 1)[0]);
    }

    [Fact]
    public void DropPrivatePages_Overlay_ReadsAsTheFileAgain()
    {
        using SharedMemoryFile file = MakeFile(Page, 0xAB);
        using var region = MappedRegion.MapAnonymous(3 * Page);
        region.Overlay(Page, file);
        region.Slice(0, 3 * Page).Fill(1);

        region.DropPrivatePages();

        Assert.Equal([0, 0xAB, 0], Enumerable.Range(0, 3).Select(i => region.Slice((ulong)(i * Page), Page)[i]));
    }

    [Fact]
    public void Clear_OverAnOverlay_IsFreshMemory()
    {
        using SharedMemoryFile file = MakeFile(2 * Page, 0xAB);
        using var region = MappedRegion.MapAnonymous(2 * Page);
        region.Overlay(0, file);

        region.Clear(0, Page);
        region.DropPrivatePages();

        Assert.Equal(0, region.Slice(0, 1)[0]);
        Assert.Equal(0xAB, region.Slice(Page, 1)[0]);
        region.Clear(2 * Page, 0);
    }

    [Theory]
    [InlineData(0ul, 2 * Page + 1)]
    [InlineData(1ul, 2 * Page)]
    [InlineData(2ul * Page, 1)]
    [InlineData(2ul * Page + 1, 0)]
    [InlineData(ulong.MaxValue, 1)]
    [InlineData(ulong.MaxValue, 0)]
    [InlineData(0ul, -1)]
    [InlineData(0ul, int.MinValue)]
    public void Slice_OutsideTheRegion_Throws(ulong offset, int bytes)
    {
        using var region = MappedRegion.MapAnonymous(2 * Page);
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(offset, bytes).Length);
    }

    [Theory]
    [InlineData(Page)]
    [InlineData(2 * Page)]
    [InlineData(-Page)]
    public void OverlayAndClear_OutsideTheRegion_Throw(long offset)
    {
        using SharedMemoryFile file = MakeFile(2 * Page, 0xAB);
        using var region = MappedRegion.MapAnonymous(2 * Page);

        Assert.Throws<ArgumentOutOfRangeException>(() => region.Overlay((ulong)offset, file));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Clear((ulong)offset, 2 * Page));
    }

    [Fact]
    public void MakeExecutable_ThenDispose_IsFine()
    {
        var region = MappedRegion.MapAnonymous(Page);
        region.DisableHugePages();
        region.MakeExecutable();
        region.Dispose();
        region.Dispose();
        Assert.True(region.IsClosed);
    }

    [Fact]
    public void SealedFile_MappedWritableAndShared_IsRefused()
    {
        using SharedMemoryFile file = MakeFile(Page, 0xAB);

        LinuxException e = Assert.Throws<LinuxException>(() => MappedRegion.MapShared(file, Page));

        Assert.Equal(Permission, e.Errno);
    }

    [Fact]
    public void SharedMemoryFile_FillFails_LeavesNoDescriptor()
    {
        int before = OpenDescriptors();
        Assert.Throws<InvalidDataException>(
            () => SharedMemoryFile.Create("denali-test", Page, _ => throw new InvalidDataException()));
        Assert.Equal(before, OpenDescriptors());
    }

    [Fact]
    public void SharedMemoryFile_NameTooLong_SaysWhat() =>
        Assert.Contains(
            "memfd_create failed: ",
            Assert.Throws<LinuxException>(
                () => SharedMemoryFile.Create(new string('x', 300), Page, _ => { })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void ManyRegions_Disposed_AreUnmapped()
    {
        int before = Mappings();
        for (int i = 0; i < 200; i++)
        {
            using SharedMemoryFile file = MakeFile(Page, 1);
            using var region = MappedRegion.MapAnonymous(4 * Page);
            region.Overlay(Page, file);
        }

        Assert.InRange(Mappings(), 0, before + 50);
    }

    private static SharedMemoryFile MakeFile(int bytes, byte value) =>
        SharedMemoryFile.Create("denali-test", (ulong)bytes, memory => memory.Slice(0, bytes).Fill(value));

    private static int Mappings() => File.ReadLines("/proc/self/maps").Count();

    private static int OpenDescriptors() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(path => File.ResolveLinkTarget(path, false)?.Name.Contains("denali-test", StringComparison.Ordinal)
                == true);
}
