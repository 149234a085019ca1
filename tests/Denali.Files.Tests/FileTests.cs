// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Denali.Files.Tests;

/// <summary>Reading in order is ahead of the reader; what is held can be read where it lies.</summary>
public sealed class FileTests : IDisposable
{
    private const int Length = 1_000_003;

    private readonly TestTree _tree = new();
    private readonly byte[] _content = TestTree.Pattern(Length, 1);

    public FileTests() => _tree.Write("large", _content);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_InOrder_ReadsEachSectorOnceInLargePieces()
    {
        Reader reader = Reader.Mount(_tree.Build(), frames: 1024);

        Assert.True(_content.SequenceEqual(reader.Read("large", 1460)));

        int sectors = (Length / BlockDevice.SectorBytes) + 1;
        Assert.InRange(reader.Disk.SectorsRead, sectors, sectors + 40);
        Assert.InRange(reader.Disk.ReadCount, 1, sectors / 4);
        Assert.InRange(reader.Volume.Cache.MissCount, 0u, 12u);
    }

    [Fact]
    public void Read_ShortFile_TakesOneRequest()
    {
        _tree.Write("short", TestTree.Pattern(6000, 2));
        Reader reader = Reader.Mount(_tree.Build());
        Ext2Inode inode = reader.Find("short");
        int before = reader.Disk.ReadCount;

        Assert.Equal(FileError.None, reader.Read(inode, 100_000, out _));

        Assert.Equal(before + 1, reader.Disk.ReadCount);
    }

    [Theory]
    [InlineData(1024, 16)]
    [InlineData(4096, 16)]
    [InlineData(4096, 512)]
    public void Read_AnywhereAndAnyLength_IsTheSame(int blockBytes, int frames)
    {
        Reader reader = Reader.Mount(_tree.Build(blockBytes), frames);
        var file = new Ext2File(reader.Find("large"));
        var random = new Random(3);
        byte[] buffer = new byte[150_000];
        for (int i = 0; i < 300; i++)
        {
            int offset = random.Next(Length + 1000);
            int wanted = random.Next(i % 10 == 0 ? buffer.Length : 5000);

            Assert.Equal(
                FileError.None, file.Read(reader.Volume, (ulong)offset, buffer.AsSpan(0, wanted), out int count));

            Assert.Equal(Math.Clamp(Length - offset, 0, wanted), count);
            Assert.True(_content.AsSpan(Math.Min(offset, Length), count).SequenceEqual(buffer.AsSpan(0, count)));
        }
    }

    [Theory]
    [InlineData(1024, 64)]
    [InlineData(2048, 64)]
    [InlineData(4096, 64)]
    [InlineData(4096, 16)]
    public void Hold_FromStartToEnd_IsTheFile(int blockBytes, int frames)
    {
        Reader reader = Reader.Mount(_tree.Build(blockBytes), frames);
        var file = new Ext2File(reader.Find("large"));
        var random = new Random(4);
        int offset = 0;
        while (offset < Length)
        {
            Assert.Equal(
                FileError.None, file.Hold(reader.Volume, (ulong)offset, random.Next(1, 70_000), out HeldBytes held));

            ReadOnlySpan<byte> bytes = reader.Volume.Cache.Bytes(held);
            Assert.True(bytes.Length > 0);
            Assert.True(_content.AsSpan(offset, bytes.Length).SequenceEqual(bytes));
            offset += bytes.Length;
            reader.Volume.Cache.Release(ref held);
        }

        Assert.Equal(0, reader.Volume.Cache.HeldCount);
        Assert.Equal(FileError.None, file.Hold(reader.Volume, Length, 10, out HeldBytes end));
        Assert.Equal(0, end.Length);
    }

    [Fact]
    public void Hold_OfAFileInARow_IsOnePiece()
    {
        Reader reader = Reader.Mount(_tree.Build(), frames: 1024);
        var file = new Ext2File(reader.Find("large"));
        Assert.Equal(FileError.None, file.Hold(reader.Volume, 0, 40_000, out HeldBytes held));

        Assert.Equal(40_000, held.Length);

        reader.Volume.Cache.Release(ref held);
    }

    [Fact]
    public void Hold_MoreThanTheCacheAllows_IsRefusedUntilSomeIsReleased()
    {
        Reader reader = Reader.Mount(_tree.Build(), frames: 16);
        var file = new Ext2File(reader.Find("large"));
        var all = new List<HeldBytes>();
        ulong offset = 0;
        FileError error;
        while ((error = file.Hold(reader.Volume, offset, 4096, out HeldBytes held)) == FileError.None)
        {
            all.Add(held);
            offset += (ulong)held.Length;
        }

        Assert.Equal(FileError.NoMemory, error);
        Assert.Equal(reader.Volume.Cache.HeldMax, all.Count);
        Assert.True(_content.SequenceEqual(reader.Read("large")));
        for (int i = 0; i < all.Count; i++)
        {
            HeldBytes held = all[i];
            Assert.True(_content.AsSpan(i * 4096, 4096).SequenceEqual(reader.Volume.Cache.Bytes(held)));
            reader.Volume.Cache.Release(ref held);
        }

        Assert.Equal(FileError.None, file.Hold(reader.Volume, offset, 4096, out HeldBytes last));
        reader.Volume.Cache.Release(ref last);
    }

    [Fact]
    public void Hold_OfAHole_IsZeros()
    {
        _tree.WriteSparse("hole", 100_000, [1]);
        Reader reader = Reader.Mount(_tree.Build());
        var file = new Ext2File(reader.Find("hole"));

        Assert.Equal(FileError.None, file.Hold(reader.Volume, 5, 50_000, out HeldBytes held));

        Assert.InRange(held.Length, 1, 4096);
        Assert.All(reader.Volume.Cache.Bytes(held).ToArray(), value => Assert.Equal(0, value));
        reader.Volume.Cache.Release(ref held);
        Assert.Equal(0, reader.Volume.Cache.HeldCount);
    }

    [Fact]
    public void Read_OnADiskThatFails_SaysSoAndGoesOnLater()
    {
        Reader reader = Reader.Mount(_tree.Build());
        Ext2Inode inode = reader.Find("large");
        reader.Disk.IsReadable = _ => false;
        Assert.Equal(FileError.InputOutput, reader.Read(inode, 5000, out _));

        reader.Disk.IsReadable = _ => true;
        Assert.True(_content.SequenceEqual(reader.Read("large")));
    }
}
