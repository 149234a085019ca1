// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Control.Disks;

/// <summary>How much room a directory takes as an ext2 file system, estimated from above.</summary>
internal sealed class DiskContent
{
    /// <summary>Bytes in a block of the images that are made here: pages of the guests' cache.</summary>
    internal const long BlockBytes = 4096;

    /// <summary>Bytes of an inode: the short ones, whose times have one field each.</summary>
    internal const long InodeBytes = 128;

    private const long PointersPerBlock = BlockBytes / 4;
    private const long DirectBlocks = 12;

    // An image that is smaller would not be worth a special case of mke2fs.
    private const long BlocksMin = 256;

    // The first inodes are the file system's own, and lost+found has four blocks.
    private const long OwnInodes = 16;
    private const long OwnBlocks = 64;

    // Bitmaps and copies of the superblock and the descriptors, in each group of 128 MiB.
    private const long GroupBlocks = 32_768;
    private const long GroupOwnBlocks = 64;

    // So many hundredths more, because directories are never quite full.
    private const long MarginPercent = 3;

    // An entry has eight bytes and its name, to a multiple of four; it does not go on in the next block.
    private const long EntryBytes = 12;

    private long _dataBlocks;

    /// <summary>Regular files.</summary>
    internal long FileCount { get; private set; }

    /// <summary>Everything that has an inode.</summary>
    internal long InodeCount { get; private set; } = OwnInodes;

    /// <summary>Length of the image in bytes.</summary>
    internal long ImageBytes
    {
        get
        {
            long blocks = _dataBlocks + OwnBlocks + (InodeCount * InodeBytes / BlockBytes);
            blocks += blocks * MarginPercent / 100;
            blocks += ((blocks / GroupBlocks) + 1) * GroupOwnBlocks;
            return Math.Max(blocks, BlocksMin) * BlockBytes;
        }
    }

    /// <summary>Looks at a directory and all below it.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="ControlException">Something there cannot be read.</exception>
    internal static DiskContent Measure(string directory)
    {
        var content = new DiskContent();
        try
        {
            content.Add(new DirectoryInfo(directory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException($"'{directory}' cannot be read ({e.Message}): check its permissions");
        }

        return content;
    }

    private void Add(DirectoryInfo directory)
    {
        long entryBytes = 0;
        foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos("*", new EnumerationOptions
        {
            AttributesToSkip = 0,
            IgnoreInaccessible = false,
        }))
        {
            InodeCount++;
            entryBytes += EntryBytes + (entry.Name.Length * 4L);
            if (entry.LinkTarget is not null)
            {
                _dataBlocks++;
            }
            else if (entry is DirectoryInfo below)
            {
                Add(below);
            }
            else
            {
                AddFile(((FileInfo)entry).Length);
            }
        }

        _dataBlocks += (entryBytes / BlockBytes) + 1;
    }

    private void AddFile(long bytes)
    {
        FileCount++;
        long blocks = (bytes + BlockBytes - 1) / BlockBytes;
        _dataBlocks += blocks;
        if (blocks > DirectBlocks)
        {
            // One pointer block for each so many blocks, and those above them.
            _dataBlocks += (blocks / PointersPerBlock) + (blocks / PointersPerBlock / PointersPerBlock) + 3;
        }
    }
}
