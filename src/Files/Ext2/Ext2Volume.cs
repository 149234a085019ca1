// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Files;

/// <summary>An ext2 file system that is read only: finds inodes, and the blocks of a file.</summary>
/// <remarks>
/// Nothing on the disk is believed: every number is compared with its bounds before it is used. What contradicts itself
/// gives <see cref="FileError.Damaged"/>. Any thread.
/// </remarks>
public sealed class Ext2Volume
{
    /// <summary>Number of the root directory's inode.</summary>
    public const uint RootInode = 2;

    private readonly Ext2SuperBlock _super;
    private readonly ulong _pointersPerBlock;

    private Ext2Volume(PageCache cache, in Ext2SuperBlock super)
    {
        Cache = cache;
        _super = super;
        _pointersPerBlock = (ulong)(super.BlockBytes / Ext2Layout.PointerBytes);
    }

    /// <summary>What describes the file system as a whole.</summary>
    public ref readonly Ext2SuperBlock SuperBlock => ref _super;

    /// <summary>Where the pages of its disk are kept.</summary>
    public PageCache Cache { get; }

    /// <summary>Opens the file system of a disk.</summary>
    /// <param name="cache">The disk's pages.</param>
    /// <param name="volume">The file system.</param>
    /// <returns>No error; or NotFileSystem, Unsupported, Damaged, InputOutput.</returns>
    public static FileError TryMount(PageCache cache, out Ext2Volume? volume)
    {
        volume = null;
        FileError error = ReadSuperBlock(cache, out Ext2SuperBlock super);
        if (error != FileError.None)
        {
            return error;
        }

        var mounted = new Ext2Volume(cache, super);
        error = mounted.ReadInode(RootInode, out Ext2Inode root);
        if (error == FileError.None && root.Kind != FileKind.Directory)
        {
            error = FileError.Damaged;
        }

        volume = error == FileError.None ? mounted : null;
        return error;
    }

    /// <summary>Reads what describes the file system of a disk.</summary>
    /// <param name="cache">The disk's pages.</param>
    /// <param name="super">The superblock; of one that is not supported, only its features.</param>
    /// <returns>No error; or NotFileSystem, Unsupported, Damaged, InputOutput.</returns>
    public static FileError ReadSuperBlock(PageCache cache, out Ext2SuperBlock super)
    {
        super = default;
        FileError error = cache.Pin(0, out int frame);
        if (error == FileError.None)
        {
            ReadOnlySpan<byte> bytes =
                cache.PageOf(frame).Slice(Ext2Layout.SuperBlockOffset, Ext2Layout.SuperBlockBytes);
            error = Ext2SuperBlock.TryParse(bytes, cache.SectorCount * BlockDevice.SectorBytes, out super);
            cache.Unpin(frame);
        }

        return error;
    }

    /// <summary>Reads an inode.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="inode">A copy.</param>
    /// <returns>No error; or Damaged, Unsupported, InputOutput.</returns>
    public FileError ReadInode(uint number, out Ext2Inode inode)
    {
        inode = default;
        if (number == 0 || number > _super.InodeCount)
        {
            return FileError.Damaged;
        }

        uint group = (number - 1) / _super.InodesPerGroup;
        ulong descriptor = ((ulong)_super.GroupTable * (uint)_super.BlockBytes)
            + ((ulong)group * Ext2Layout.GroupDescriptorBytes);
        FileError error = ReadWord(descriptor + Ext2Layout.GroupInodeTable, out uint table);
        if (error != FileError.None)
        {
            return error;
        }

        ulong offset = (ulong)((number - 1) % _super.InodesPerGroup) * (uint)_super.InodeBytes;
        ulong block = table + (offset / (uint)_super.BlockBytes);
        if (table <= _super.FirstDataBlock || block >= _super.BlockCount)
        {
            return FileError.Damaged;
        }

        error = Pin(block * (uint)_super.BlockBytes + (offset % (uint)_super.BlockBytes), out int frame, out int at);
        if (error != FileError.None)
        {
            return error;
        }

        inode = Ext2Inode.Parse(number, Cache.PageOf(frame).Slice(at, Ext2Layout.InodeBytesMin));
        Cache.Unpin(frame);
        return inode.LinkCount == 0 || inode.Kind == FileKind.Unknown ? FileError.Damaged
            : inode.IsUnsupported ? FileError.Unsupported
            : FileError.None;
    }

    /// <summary>Finds a block of a file.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="index">Which block of it.</param>
    /// <param name="block">Which block of the file system, 0 for a hole.</param>
    /// <returns>No error; or Damaged, InputOutput.</returns>
    internal FileError MapBlock(in Ext2Inode inode, ulong index, out uint block)
    {
        if (index < Ext2Layout.DirectPointers)
        {
            block = inode.Pointer((int)index);
            return Check(block);
        }

        // Each further pointer of the inode leads to a tree that is one level deeper.
        index -= Ext2Layout.DirectPointers;
        ulong span = _pointersPerBlock;
        int pointer = Ext2Layout.DirectPointers;
        while (index >= span)
        {
            index -= span;
            span *= _pointersPerBlock;
            pointer++;
            if (pointer == Ext2Layout.PointerCount)
            {
                block = 0;
                return FileError.Damaged;
            }
        }

        block = inode.Pointer(pointer);
        FileError error = Check(block);
        while (error == FileError.None && block != 0 && span > 1)
        {
            span /= _pointersPerBlock;
            ulong at = ((ulong)block * (uint)_super.BlockBytes) + (index / span * Ext2Layout.PointerBytes);
            index %= span;
            error = ReadWord(at, out block);
            error = error == FileError.None ? Check(block) : error;
        }

        return error;
    }

    /// <summary>Pins the page with a byte of the disk.</summary>
    /// <param name="offset">Which byte.</param>
    /// <param name="frame">The page.</param>
    /// <param name="at">Where in the page the byte is.</param>
    internal FileError Pin(ulong offset, out int frame, out int at)
    {
        at = (int)(offset % BlockDevice.SectorBytes);
        return Cache.Pin(offset / BlockDevice.SectorBytes, out frame);
    }

    private FileError Check(uint block) =>
        block == 0 || (block > _super.FirstDataBlock && block < _super.BlockCount) ? FileError.None : FileError.Damaged;

    private FileError ReadWord(ulong offset, out uint word)
    {
        word = 0;
        FileError error = Pin(offset, out int frame, out int at);
        if (error == FileError.None)
        {
            word = BinaryPrimitives.ReadUInt32LittleEndian(Cache.PageOf(frame).Slice(at));
            Cache.Unpin(frame);
        }

        return error;
    }
}
