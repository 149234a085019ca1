// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using Denali.Hardware.Tests;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Files.Tests;

/// <summary>A damaged image gives errors: no crash, no loop without end, no wrong place.</summary>
public sealed class DamageTests : IDisposable
{
    private const int SuperBlock = 1024;
    private const int GroupTable = 4096;

    private readonly TestTree _tree = new();
    private readonly byte[] _image;

    public DamageTests()
    {
        _tree.Write("a/file", TestTree.Pattern(70_000, 1));
        _tree.Write("a/b/c/deep", [1, 2, 3]);
        _tree.Link("fast", "a/file");
        _tree.Link("slow", new string('/', 90) + "a/file");
        _image = _tree.Build(4096, 512);
    }

    private int InodeTable => (int)Word(GroupTable + 8) * 4096;

    private int InodeBytes => BinaryPrimitives.ReadUInt16LittleEndian(_image.AsSpan(SuperBlock + 88));

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(56, 0u, FileError.NotFileSystem)]
    [InlineData(96, 0x42u, FileError.Unsupported)]
    [InlineData(96, 0x82u, FileError.Unsupported)]
    [InlineData(96, 0x8000_0002u, FileError.Unsupported)]
    [InlineData(24, 3u, FileError.Unsupported)]
    [InlineData(24, uint.MaxValue, FileError.Unsupported)]
    [InlineData(0, 0u, FileError.Damaged)]
    [InlineData(0, uint.MaxValue, FileError.Damaged)]
    [InlineData(4, 0u, FileError.Damaged)]
    [InlineData(4, 129u, FileError.Damaged)]
    [InlineData(4, uint.MaxValue, FileError.Damaged)]
    [InlineData(20, 1u, FileError.Damaged)]
    [InlineData(32, 0u, FileError.Damaged)]
    [InlineData(32, uint.MaxValue, FileError.Damaged)]
    [InlineData(40, 0u, FileError.Damaged)]
    [InlineData(40, uint.MaxValue, FileError.Damaged)]
    [InlineData(88, 0u, FileError.Damaged)]
    [InlineData(88, 64u, FileError.Damaged)]
    [InlineData(88, 192u, FileError.Damaged)]
    [InlineData(88, 8192u, FileError.Damaged)]
    public void SuperBlock_Wrong_IsRefused(int offset, uint value, object error)
    {
        Put(SuperBlock + offset, value);

        var disk = new TestDisk(_image);

        Assert.Equal(error, Ext2Volume.TryMount(disk.Cache, out Ext2Volume? volume));
        Assert.Null(volume);
    }

    [Fact]
    public void Disk_TooShort_IsRefused()
    {
        Assert.Equal(FileError.Damaged, MountError(_image[..(_image.Length / 2)]));
        Assert.Equal(FileError.NotFileSystem, MountError(new byte[4096]));
        Assert.Equal(FileError.Damaged, MountError([]));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(128u)]
    [InlineData(uint.MaxValue)]
    public void InodeTable_Elsewhere_IsRefused(uint block)
    {
        Put(GroupTable + 8, block);

        Assert.Equal(FileError.Damaged, MountError(_image));
    }

    [Theory]
    [InlineData(0, 0u)] // No name at all.
    [InlineData(0, 0x8000u << 16)]
    [InlineData(4, 0u)]
    [InlineData(4, 3u)]
    [InlineData(40, 0u)]
    [InlineData(40, 128u)]
    [InlineData(40, uint.MaxValue)]
    public void Root_Wrong_IsAnError(int offset, uint value)
    {
        Put(InodeTable + InodeBytes + offset, value);

        FileError error = Ext2Volume.TryMount(new TestDisk(_image).Cache, out Ext2Volume? volume);
        if (error == FileError.None)
        {
            error = Ext2Path.Resolve(volume!, "a/file"u8, true, out _);
        }

        Assert.True(error is FileError.Damaged or FileError.NotFound, $"{error}");
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 4)]
    [InlineData(4, 13)]
    [InlineData(4, 4100)]
    [InlineData(4, 65_532)]
    [InlineData(6, 0)]
    [InlineData(6, 255)]
    [InlineData(8, 0)]
    [InlineData(8, '/')]
    [InlineData(0, 60_000)]
    public void Entry_Wrong_IsAnError(int offset, int value)
    {
        int root = (int)Word(InodeTable + InodeBytes + 40) * 4096;
        if (offset is 6 or 8)
        {
            _image[root + offset] = (byte)value;
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_image.AsSpan(root + offset), (ushort)value);
        }

        Reader reader = Reader.Mount(_image);

        Assert.Equal(FileError.Damaged, reader.Resolve("a/file", out _));
        Assert.Equal(FileError.Damaged, reader.List(reader.Find("/"), out _));
    }

    [Fact]
    public void Directory_InsideOfItself_EndsWithThePath()
    {
        // The entry "b" of "a" leads to "a" again.
        int start = IndexOfEntry("b");
        Reader reader = Reader.Mount(_image);
        Put(start, reader.Find("a").Number);
        reader = Reader.Mount(_image);

        Assert.Equal(reader.Find("a").Number, reader.Find("a" + string.Concat(Enumerable.Repeat("/b", 2000))).Number);
    }

    [Theory]
    [InlineData(4096u)]
    [InlineData(uint.MaxValue - 4095)]
    public void Directory_OfImpossibleLength_EndsSoon(uint size)
    {
        Put(InodeTable + InodeBytes + 4, size);
        long start = Stopwatch.GetTimestamp();

        FileError error = Reader.Mount(_image).Resolve("missing", out _);

        Assert.True(error is FileError.Damaged or FileError.NotFound);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Speed", "Fuzz")]
    public void Image_WithWrongBytesManyTimes_NeverCrashes(bool isAnywhere) => Fuzz(Iterations.Of(40_000), isAnywhere);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Image_WithWrongBytes_NeverCrashes(bool isAnywhere) => Fuzz(Iterations.Of(1500), isAnywhere);

    private static FileError MountError(byte[] image) => Ext2Volume.TryMount(new TestDisk(image).Cache, out _);

    private void Fuzz(int count, bool isAnywhere)
    {
        int table = InodeTable;
        int inodeBytes = InodeBytes;
        int root = (int)Word(table + inodeBytes + 40) * 4096;
        TestSeed.ForEach(count, count * 20, random =>
        {
            byte[] image = (byte[])_image.Clone();
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                // Mostly where it hurts.
                int offset = isAnywhere ? random.Next(image.Length) : random.Next(5) switch
                {
                    0 => SuperBlock + random.Next(264),
                    1 => GroupTable + random.Next(32),
                    2 => root + random.Next(200),
                    3 => table + inodeBytes + random.Next(128),
                    _ => table + (inodeBytes * random.Next(10, 24)) + random.Next(128),
                };
                image[offset] = random.Next(4) switch
                {
                    0 => 0,
                    1 => 0xFF,
                    2 => (byte)(image[offset] ^ (1 << random.Next(8))),
                    _ => (byte)random.Next(256),
                };
            }

            Walk(image);
        });
    }

    /// <summary>Visits all that can be reached, within bounds, and reads from it.</summary>
    private static void Walk(byte[] image)
    {
        const int Visits = 60;
        var disk = new TestDisk(image, frames: 32);
        if (Ext2Volume.TryMount(disk.Cache, out Ext2Volume? volume) != FileError.None)
        {
            return;
        }

        Reader reader = Reader.Mount(disk);
        var paths = new Queue<string>(["/", "fast", "slow", "a/b/c/deep"]);
        for (int visits = 0; visits < Visits && paths.TryDequeue(out string? path); visits++)
        {
            if (Ext2Path.Resolve(volume!, Encoding.Latin1.GetBytes(path), true, out Ext2Inode inode) != FileError.None)
            {
                continue;
            }

            if (inode.Kind == FileKind.Directory)
            {
                _ = reader.List(inode, out SortedDictionary<string, DirectoryEntry> entries);
                foreach (string name in entries.Keys.Take(20))
                {
                    paths.Enqueue($"{path}/{name}");
                }
            }

            _ = reader.Read(inode, 3000, out _, most: 100_000);
            var file = new Ext2File(inode);
            if (file.Hold(volume!, inode.Size / 2, 20_000, out HeldBytes held) == FileError.None)
            {
                Assert.InRange(volume!.Cache.Bytes(held).Length, 0, 20_000);
                volume.Cache.Release(ref held);
            }
        }

        Assert.Equal(0, volume!.Cache.HeldCount);
    }

    private int IndexOfEntry(string name)
    {
        // Behind an inode number come the length of the entry, that of the name, the kind of a directory, the name.
        byte[] rest = [(byte)name.Length, 2, .. Encoding.UTF8.GetBytes(name), 0];
        int found = _image.AsSpan().IndexOf(rest);
        Assert.True(found > 0);
        return found - 6;
    }

    private uint Word(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_image.AsSpan(offset));

    private void Put(int offset, uint value)
    {
        // Some fields are half as wide, and their neighbour is then part of the damage.
        BinaryPrimitives.WriteUInt32LittleEndian(_image.AsSpan(offset), value);
    }
}
