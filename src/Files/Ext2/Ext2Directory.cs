// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Files;

/// <summary>
/// Reads directories, entry after entry. The index that some have looks like entries that are not in use.
/// </summary>
public static class Ext2Directory
{
    /// <summary>Reads the entry at a position.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="position">Where to read, at first 0; becomes that of the next entry.</param>
    /// <param name="entry">The entry, if there is one: "." and ".." are entries too.</param>
    /// <returns>No error; or NotFound at the end, NotDirectory, Damaged, InputOutput.</returns>
    public static FileError Read(
        Ext2Volume volume, in Ext2Inode directory, ref ulong position, ref DirectoryEntry entry)
    {
        uint blockBytes = (uint)volume.SuperBlock.BlockBytes;
        FileError error = CheckDirectory(volume, directory);
        bool isFound = false;
        while (error == FileError.None && !isFound)
        {
            if (position >= directory.Size)
            {
                return FileError.NotFound;
            }

            error = PinBlock(volume, directory, position / blockBytes, out int frame, out int at);
            if (error != FileError.None)
            {
                return error;
            }

            ReadOnlySpan<byte> block = volume.Cache.PageOf(frame).Slice(at, (int)blockBytes);
            int offset = (int)(position % blockBytes);
            while (error == FileError.None && !isFound && offset < block.Length)
            {
                error = Parse(volume, block, offset, out RawEntry raw);
                if (error == FileError.None)
                {
                    isFound = raw.Inode != 0;
                    if (isFound)
                    {
                        entry.Inode = raw.Inode;
                        entry.Kind = raw.Kind;
                        entry.SetName(raw.Name);
                    }

                    offset += raw.Bytes;
                }
            }

            position = position - (position % blockBytes) + (uint)offset;
            volume.Cache.Unpin(frame);
        }

        return error;
    }

    /// <summary>Finds a name in a directory.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="inode">Number of its inode.</param>
    /// <returns>No error; or NotFound, NotDirectory, Damaged, InputOutput.</returns>
    public static FileError Find(
        Ext2Volume volume, in Ext2Inode directory, ReadOnlySpan<byte> name, out uint inode)
    {
        inode = 0;
        uint blockBytes = (uint)volume.SuperBlock.BlockBytes;
        FileError error = CheckDirectory(volume, directory);
        for (ulong index = 0; error == FileError.None && index < directory.Size / blockBytes; index++)
        {
            error = PinBlock(volume, directory, index, out int frame, out int at);
            if (error != FileError.None)
            {
                return error;
            }

            ReadOnlySpan<byte> block = volume.Cache.PageOf(frame).Slice(at, (int)blockBytes);
            for (int offset = 0; error == FileError.None && inode == 0 && offset < block.Length;)
            {
                error = Parse(volume, block, offset, out RawEntry raw);
                inode = error == FileError.None && raw.Inode != 0 && raw.Name.SequenceEqual(name) ? raw.Inode : 0;
                offset += raw.Bytes;
            }

            volume.Cache.Unpin(frame);
            if (inode != 0)
            {
                return FileError.None;
            }
        }

        return error == FileError.None ? FileError.NotFound : error;
    }

    private static FileError CheckDirectory(Ext2Volume volume, in Ext2Inode directory)
    {
        if (directory.Kind != FileKind.Directory)
        {
            return FileError.NotDirectory;
        }

        // A directory has no holes, so it cannot be longer than the file system.
        ulong blocks = directory.Size / (uint)volume.SuperBlock.BlockBytes;
        return directory.Size % (uint)volume.SuperBlock.BlockBytes == 0 && blocks < volume.SuperBlock.BlockCount
            ? FileError.None
            : FileError.Damaged;
    }

    private static FileError PinBlock(
        Ext2Volume volume, in Ext2Inode directory, ulong index, out int frame, out int at)
    {
        frame = 0;
        at = 0;
        FileError error = volume.MapBlock(directory, index, out uint block);
        if (error != FileError.None)
        {
            return error;
        }

        return block == 0
            ? FileError.Damaged
            : volume.Pin((ulong)block * (uint)volume.SuperBlock.BlockBytes, out frame, out at);
    }

    private static FileError Parse(Ext2Volume volume, ReadOnlySpan<byte> block, int offset, out RawEntry entry)
    {
        entry = default;
        ReadOnlySpan<byte> rest = block.Slice(offset);
        if (rest.Length < Ext2Layout.EntryName)
        {
            return FileError.Damaged;
        }

        int bytes = BinaryPrimitives.ReadUInt16LittleEndian(rest.Slice(Ext2Layout.EntryBytes));
        int nameBytes = rest[Ext2Layout.EntryNameBytes];
        if (bytes % 4 != 0 || bytes > rest.Length || bytes < Ext2Layout.EntryName + nameBytes)
        {
            return FileError.Damaged;
        }

        entry.Inode = BinaryPrimitives.ReadUInt32LittleEndian(rest.Slice(Ext2Layout.EntryInode));
        entry.Bytes = bytes;
        entry.Kind = volume.SuperBlock.HasFileTypes ? KindOf(rest[Ext2Layout.EntryKind]) : FileKind.Unknown;
        entry.Name = rest.Slice(Ext2Layout.EntryName, nameBytes);
        return entry.Inode > volume.SuperBlock.InodeCount || (entry.Inode != 0 && !IsName(entry.Name))
            ? FileError.Damaged
            : FileError.None;
    }

    private static bool IsName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name.IndexOf((byte)'/') < 0 && name.IndexOf((byte)0) < 0;

    private static FileKind KindOf(byte type) => type switch
    {
        1 => FileKind.Regular,
        2 => FileKind.Directory,
        3 => FileKind.CharacterDevice,
        4 => FileKind.BlockDevice,
        5 => FileKind.Pipe,
        6 => FileKind.Socket,
        7 => FileKind.SymbolicLink,
        _ => FileKind.Unknown,
    };

    private ref struct RawEntry
    {
        internal uint Inode;
        internal int Bytes;
        internal FileKind Kind;
        internal ReadOnlySpan<byte> Name;
    }
}
