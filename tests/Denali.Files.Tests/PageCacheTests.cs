// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace Denali.Files.Tests;

/// <summary>
/// The cache holds what was used lately, never gives away what is in use, and is never larger than it may be.
/// </summary>
public sealed class PageCacheTests
{
    private const int Sectors = 1000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sector_ReadTwice_IsReadOnce(bool isImmediate)
    {
        TestDisk disk = Numbered(isImmediate: isImmediate);

        Assert.Equal(7u, ReadSector(disk, 7));
        Assert.Equal(7u, ReadSector(disk, 7));

        Assert.Equal(1, disk.SectorsRead);
        Assert.Equal((1u, 1u), (disk.Cache.HitCount, disk.Cache.MissCount));
    }

    [Fact]
    public void Sectors_MoreThanFrames_AreAllReadRight()
    {
        TestDisk disk = Numbered(frames: 16);
        var random = new Random(1);

        for (int i = 0; i < 5000; i++)
        {
            uint sector = (uint)random.Next(Sectors);
            Assert.Equal(sector, ReadSector(disk, sector));
        }
    }

    [Fact]
    public void Sector_UsedAgainAndAgain_Stays()
    {
        TestDisk disk = Numbered(frames: 16);
        for (uint sector = 1; sector < 200; sector++)
        {
            _ = ReadSector(disk, 0);
            _ = ReadSector(disk, sector);
        }

        // The hand may come by just before it is used again.
        Assert.InRange(disk.SectorsRead, 200, 210);
    }

    [Fact]
    public void ReadAhead_OfARun_IsOneReadIntoFramesInARow()
    {
        TestDisk disk = Numbered();

        disk.Cache.ReadAhead(100, 40);
        int[] frames = [.. Enumerable.Range(100, 40).Select(sector => FrameOf(disk, (ulong)sector))];

        Assert.Equal((3, 40), (disk.ReadCount, disk.SectorsRead));
        Assert.Equal(Enumerable.Range(frames[0], 40), frames);
    }

    [Fact]
    public void ReadAhead_BeyondTheEndOrTheQueue_IsCut()
    {
        TestDisk disk = Numbered(queueMax: 2);

        disk.Cache.ReadAhead(Sectors - 3, 100);
        disk.Cache.ReadAhead(0, 100);

        Assert.Equal(2, disk.ReadCount);
        Assert.Equal(20u, ReadSector(disk, 20));
    }

    [Fact]
    public void Sector_OutsideOfTheDisk_IsDamage() =>
        Assert.Equal(FileError.Damaged, Numbered().Cache.Pin(Sectors, out _));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_ThatFails_IsToldAndTriedAgain(bool isImmediate)
    {
        TestDisk disk = Numbered(isImmediate: isImmediate);
        disk.IsReadable = sector => sector != 5;
        Assert.Equal(FileError.InputOutput, disk.Cache.Pin(5, out _));
        Assert.Equal(FileError.InputOutput, disk.Cache.Pin(5, out _));

        disk.IsReadable = _ => true;
        Assert.Equal(5u, ReadSector(disk, 5));
    }

    [Fact]
    public void Read_ThatFails_LeavesNoFrameBehind()
    {
        TestDisk disk = Numbered(frames: 16);
        disk.IsReadable = sector => sector % 2 == 0;
        for (uint sector = 0; sector < 400; sector++)
        {
            disk.Cache.ReadAhead(sector, 3);
            Assert.Equal(
                sector % 2 == 0 ? FileError.None : FileError.InputOutput, disk.Cache.Pin(sector, out int frame));
            if (sector % 2 == 0)
            {
                disk.Cache.Unpin(frame);
            }
        }
    }

    [Fact]
    public void Held_AsManyAsAllowed_LeaveRoomForReading()
    {
        TestDisk disk = Numbered(frames: 16);
        var held = new List<int>();
        for (ulong sector = 0; disk.Cache.HeldCount < disk.Cache.HeldMax; sector++)
        {
            held.Add(Hold(disk, sector));
        }

        Assert.Equal(FileError.None, disk.Cache.Pin(500, out int refused));
        Assert.False(disk.Cache.TryHold(refused));
        for (uint sector = 500; sector < 600; sector++)
        {
            Assert.Equal(sector, ReadSector(disk, sector));
        }

        Assert.Equal(
            Enumerable.Range(0, held.Count),
            held.Select(frame => BinaryPrimitives.ReadInt32LittleEndian(disk.Frames(frame, 1))));
    }

    [Fact]
    public void Held_Twice_CountsOnceAndStaysUntilTheLastIsReleased()
    {
        TestDisk disk = Numbered(frames: 16);
        var first = new HeldBytes { Frame = Hold(disk, 3), FrameCount = 1, Length = 4 };
        var second = new HeldBytes { Frame = Hold(disk, 3), FrameCount = 1, Length = 4 };
        Assert.Equal(1, disk.Cache.HeldCount);

        disk.Cache.Release(ref first);
        for (uint sector = 100; sector < 200; sector++)
        {
            _ = ReadSector(disk, sector);
        }

        Assert.Equal(3, BinaryPrimitives.ReadInt32LittleEndian(disk.Cache.Bytes(second)));
        disk.Cache.Release(ref second);
        Assert.Equal((0, 0), (disk.Cache.HeldCount, first.Length));
    }

    [Fact]
    public void Threads_ThatWantMoreThanThereIs_AllGetTheirs()
    {
        TestDisk disk = Numbered(frames: 16);
        int wrong = 0;
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(number => new Thread(() =>
            {
                var random = new Random(number);
                for (int i = 0; i < 3000; i++)
                {
                    uint sector = (uint)random.Next(40);
                    if (ReadSector(disk, sector) != sector)
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());

        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60))));
        Assert.Equal(0, wrong);
    }

    private static TestDisk Numbered(int frames = 64, int queueMax = 64, bool isImmediate = false)
    {
        byte[] image = new byte[Sectors * BlockDevice.SectorBytes];
        for (int sector = 0; sector < Sectors; sector++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(sector * BlockDevice.SectorBytes), sector);
        }

        return new TestDisk(image, frames, queueMax, isImmediate);
    }

    private static int FrameOf(TestDisk disk, ulong sector)
    {
        Assert.Equal(FileError.None, disk.Cache.Pin(sector, out int frame));
        disk.Cache.Unpin(frame);
        return frame;
    }

    private static int Hold(TestDisk disk, ulong sector)
    {
        Assert.Equal(FileError.None, disk.Cache.Pin(sector, out int frame));
        Assert.True(disk.Cache.TryHold(frame));
        return frame;
    }

    private static uint ReadSector(TestDisk disk, uint sector)
    {
        if (disk.Cache.Pin(sector, out int frame) != FileError.None)
        {
            return uint.MaxValue;
        }

        uint number = BinaryPrimitives.ReadUInt32LittleEndian(disk.Cache.PageOf(frame));
        disk.Cache.Unpin(frame);
        return number;
    }
}
