// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Denali.Files;

/// <summary>What ext2 knows of a file besides its name: a copy, which stays as it is.</summary>
public struct Ext2Inode
{
    private const int KindMask = 0xF000;
    private const int PermissionMask = 0xFFF;

    private Pointers _pointers;
    private uint _attributeBlock;
    private uint _flags;

    /// <summary>Its number.</summary>
    public uint Number { get; private set; }

    /// <summary>What kind of file it is.</summary>
    public FileKind Kind { get; private set; }

    /// <summary>Permissions and the bits beside them: the low 12 bits of a POSIX mode.</summary>
    public int Permissions { get; private set; }

    /// <summary>Length in bytes.</summary>
    public ulong Size { get; private set; }

    /// <summary>Names that it has.</summary>
    public int LinkCount { get; private set; }

    /// <summary>Number of the owner.</summary>
    public uint UserId { get; private set; }

    /// <summary>Number of the group.</summary>
    public uint GroupId { get; private set; }

    /// <summary>Space that it takes, in units of 512 bytes.</summary>
    public uint HalfKibibytes { get; private set; }

    /// <summary>When its contents changed: seconds since 1970-01-01 UTC.</summary>
    public uint ModificationTime { get; private set; }

    /// <summary>When it or its contents changed: seconds since 1970-01-01 UTC.</summary>
    public uint ChangeTime { get; private set; }

    /// <summary>Its block pointers mean something that this reader does not know.</summary>
    internal readonly bool IsUnsupported => (_flags & Ext2Layout.UnsupportedFlags) != 0;

    /// <summary>Whether extended attributes take a block, which <see cref="HalfKibibytes"/> includes.</summary>
    internal readonly bool HasAttributeBlock => _attributeBlock != 0;

    /// <summary>A copy of an inode.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="bytes">At least the first 128 bytes of it.</param>
    internal static Ext2Inode Parse(uint number, ReadOnlySpan<byte> bytes)
    {
        int mode = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(Ext2Layout.Mode));
        var inode = new Ext2Inode
        {
            Number = number,
            Kind = (FileKind)(mode & KindMask),
            Permissions = mode & PermissionMask,
            Size = Word(bytes, Ext2Layout.SizeLow),
            LinkCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(Ext2Layout.LinkCount)),
            UserId = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(Ext2Layout.UserId)),
            GroupId = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(Ext2Layout.GroupId)),
            HalfKibibytes = Word(bytes, Ext2Layout.HalfKibibytes),
            ModificationTime = Word(bytes, Ext2Layout.ModificationTime),
            ChangeTime = Word(bytes, Ext2Layout.ChangeTime),
            _attributeBlock = Word(bytes, Ext2Layout.AttributeBlock),
            _flags = Word(bytes, Ext2Layout.Flags),
        };
        if (inode.Kind == FileKind.Regular)
        {
            // Of a directory the field means something else.
            inode.Size |= (ulong)Word(bytes, Ext2Layout.SizeHigh) << 32;
        }

        bytes.Slice(Ext2Layout.BlockPointers, Ext2Layout.PointerCount * Ext2Layout.PointerBytes)
            .CopyTo(inode._pointers);
        return inode;
    }

    /// <summary>A block pointer.</summary>
    /// <param name="index">Which, 0 to 14.</param>
    internal readonly uint Pointer(int index)
    {
        ReadOnlySpan<byte> bytes = _pointers;
        return Word(bytes, index * Ext2Layout.PointerBytes);
    }

    /// <summary>Copies the target of a short symbolic link, which lies where the block pointers were.</summary>
    internal readonly void CopyShortTarget(Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = _pointers;
        bytes.Slice(0, destination.Length).CopyTo(destination);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(offset));

    [InlineArray(Ext2Layout.PointerCount * Ext2Layout.PointerBytes)]
    private struct Pointers
    {
        private byte _first;
    }
}
