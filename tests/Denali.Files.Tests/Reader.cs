// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Xunit;

namespace Denali.Files.Tests;

/// <summary>Reads whole files and trees, as a guest would.</summary>
internal sealed class Reader
{
    private Reader(TestDisk disk, Ext2Volume volume)
    {
        Disk = disk;
        Volume = volume;
    }

    internal TestDisk Disk { get; }

    internal Ext2Volume Volume { get; }

    internal static Reader Mount(byte[] image, int frames = 256) => Mount(new TestDisk(image, frames));

    internal static Reader Mount(TestDisk disk)
    {
        Assert.Equal(FileError.None, Ext2Volume.TryMount(disk.Cache, out Ext2Volume? volume));
        return new Reader(disk, volume!);
    }

    internal FileError Resolve(string path, out Ext2Inode inode, bool followLast = true) =>
        Ext2Path.Resolve(Volume, Encoding.UTF8.GetBytes(path), followLast, out inode);

    internal Ext2Inode Find(string path, bool followLast = true)
    {
        Assert.Equal((FileError.None, path), (Resolve(path, out Ext2Inode inode, followLast), path));
        return inode;
    }

    internal byte[] Read(string path, int pieceBytes = 10_000)
    {
        Assert.Equal(FileError.None, Read(Find(path), pieceBytes, out byte[] bytes));
        return bytes;
    }

    /// <summary>Reads a file in pieces.</summary>
    internal FileError Read(in Ext2Inode inode, int pieceBytes, out byte[] bytes, int most = int.MaxValue)
    {
        var file = new Ext2File(inode);
        bytes = new byte[(int)Math.Min(inode.Size, (ulong)most)];
        for (int offset = 0; offset < bytes.Length;)
        {
            Span<byte> piece = bytes.AsSpan(offset, Math.Min(pieceBytes, bytes.Length - offset));
            FileError error = file.Read(Volume, (ulong)offset, piece, out int count);
            if (error != FileError.None)
            {
                return error;
            }

            Assert.Equal(piece.Length, count);
            offset += count;
        }

        return FileError.None;
    }

    internal string ReadLink(in Ext2Inode link)
    {
        byte[] target = new byte[Ext2Path.PathMax];
        Assert.Equal(FileError.None, Ext2Path.ReadLink(Volume, link, target, out int length));
        return Encoding.UTF8.GetString(target, 0, length);
    }

    /// <summary>The entries of a directory but for "." and "..".</summary>
    internal SortedDictionary<string, DirectoryEntry> List(string path)
    {
        Assert.Equal(FileError.None, List(Find(path), out SortedDictionary<string, DirectoryEntry> entries));
        return entries;
    }

    internal FileError List(in Ext2Inode directory, out SortedDictionary<string, DirectoryEntry> entries)
    {
        entries = new SortedDictionary<string, DirectoryEntry>(StringComparer.Ordinal);
        ulong position = 0;
        DirectoryEntry entry = default;
        byte[] name = new byte[DirectoryEntry.NameMax];
        FileError error;
        while ((error = Ext2Directory.Read(Volume, directory, ref position, ref entry)) == FileError.None)
        {
            string text = Encoding.Latin1.GetString(entry.CopyName(name));
            entries[text] = entry;
        }

        entries.Remove(".");
        entries.Remove("..");
        return error == FileError.NotFound ? FileError.None : error;
    }
}
