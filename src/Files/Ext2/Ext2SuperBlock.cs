// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Denali.Files;

/// <summary>The numbers that describe a whole ext2 file system: a checked copy.</summary>
public struct Ext2SuperBlock
{
    private Label _label;

    /// <summary>Bytes in a block: 1024, 2048 or 4096.</summary>
    public int BlockBytes { get; private set; }

    /// <summary>Blocks in all.</summary>
    public uint BlockCount { get; private set; }

    /// <summary>Blocks that nothing uses.</summary>
    public uint FreeBlockCount { get; private set; }

    /// <summary>Inodes in all. They are numbered from 1.</summary>
    public uint InodeCount { get; private set; }

    /// <summary>Inodes that nothing uses.</summary>
    public uint FreeInodeCount { get; private set; }

    /// <summary>Features that a reader has to know. If it does not, nothing else here is filled in.</summary>
    public uint IncompatibleFeatures { get; private set; }

    /// <summary>The block that holds the superblock: the first that counts.</summary>
    internal uint FirstDataBlock { get; private set; }

    internal uint BlocksPerGroup { get; private set; }

    internal uint InodesPerGroup { get; private set; }

    internal int InodeBytes { get; private set; }

    /// <summary>Whether directories say what kind of file a name is.</summary>
    internal readonly bool HasFileTypes => (IncompatibleFeatures & Ext2Layout.FileTypeFeature) != 0;

    /// <summary>The group descriptors begin in the block behind the superblock.</summary>
    internal readonly uint GroupTable => FirstDataBlock + 1;

    internal readonly uint GroupCount =>
        (uint)(((ulong)BlockCount - FirstDataBlock + BlocksPerGroup - 1) / BlocksPerGroup);

    /// <summary>Copies and checks a superblock.</summary>
    /// <param name="bytes">Its 1024 bytes.</param>
    /// <param name="diskBytes">Size of the disk.</param>
    /// <param name="superBlock">The copy.</param>
    /// <returns>No error; or that it is none, is one of something newer, or contradicts itself.</returns>
    internal static FileError TryParse(ReadOnlySpan<byte> bytes, ulong diskBytes, out Ext2SuperBlock superBlock)
    {
        superBlock = default;
        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(Ext2Layout.MagicNumber)) != Ext2Layout.Magic)
        {
            return FileError.NotFileSystem;
        }

        bool hasFeatures = Word(bytes, Ext2Layout.Revision) != 0;
        superBlock.IncompatibleFeatures = hasFeatures ? Word(bytes, Ext2Layout.IncompatibleFeatures) : 0;
        uint logBlock = Word(bytes, Ext2Layout.LogBlockBytes);
        bool isBlockKnown = logBlock <= BitOperations.Log2((uint)(BlockDevice.SectorBytes / Ext2Layout.BlockBytesMin));
        if ((superBlock.IncompatibleFeatures & ~Ext2Layout.FileTypeFeature) != 0 || !isBlockKnown)
        {
            return FileError.Unsupported;
        }

        superBlock.BlockBytes = Ext2Layout.BlockBytesMin << (int)logBlock;
        superBlock.BlockCount = Word(bytes, Ext2Layout.BlockCount);
        superBlock.FreeBlockCount = Word(bytes, Ext2Layout.FreeBlockCount);
        superBlock.InodeCount = Word(bytes, Ext2Layout.InodeCount);
        superBlock.FreeInodeCount = Word(bytes, Ext2Layout.FreeInodeCount);
        superBlock.FirstDataBlock = Word(bytes, Ext2Layout.FirstDataBlock);
        superBlock.BlocksPerGroup = Word(bytes, Ext2Layout.BlocksPerGroup);
        superBlock.InodesPerGroup = Word(bytes, Ext2Layout.InodesPerGroup);
        superBlock.InodeBytes = hasFeatures
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(Ext2Layout.InodeBytes))
            : Ext2Layout.InodeBytesMin;
        bytes.Slice(Ext2Layout.VolumeName, Ext2Layout.VolumeNameBytes).CopyTo(superBlock._label);
        return superBlock.IsSound(diskBytes) ? FileError.None : FileError.Damaged;
    }

    /// <summary>Copies the name of the file system, which is any bytes.</summary>
    /// <param name="destination">Where to; 16 bytes are enough.</param>
    /// <returns>The part that was written.</returns>
    public readonly Span<byte> CopyLabel(Span<byte> destination)
    {
        ReadOnlySpan<byte> label = _label;
        int length = label.IndexOf((byte)0);
        length = length < 0 ? label.Length : length;
        label.Slice(0, length).CopyTo(destination);
        return destination.Slice(0, length);
    }

    private readonly bool IsSound(ulong diskBytes)
    {
        // A bitmap of one block says what is free in a group.
        uint perGroupMax = (uint)BlockBytes * 8;
        return (ulong)BlockCount * (uint)BlockBytes <= diskBytes
            && FirstDataBlock == (BlockBytes == Ext2Layout.BlockBytesMin ? 1u : 0u)
            && BlockCount > FirstDataBlock
            && BlocksPerGroup is not 0 && BlocksPerGroup <= perGroupMax
            && InodesPerGroup is not 0 && InodesPerGroup <= perGroupMax
            && InodeBytes >= Ext2Layout.InodeBytesMin
            && InodeBytes <= BlockBytes
            && BitOperations.IsPow2((uint)InodeBytes)
            && InodeCount is not 0 && InodeCount <= (ulong)GroupCount * InodesPerGroup;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(offset));

    [InlineArray(Ext2Layout.VolumeNameBytes)]
    private struct Label
    {
        private byte _first;
    }
}
