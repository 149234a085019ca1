// SPDX-License-Identifier: MIT
using System;

namespace Denali.Files;

/// <summary>Follows paths from the root directory: names between slashes, "." and "..", symbolic links.</summary>
public static class Ext2Path
{
    /// <summary>Longest path in bytes, and longest target of a link (PATH_MAX of Linux).</summary>
    public const int PathMax = 4096;

    /// <summary>Most links on the way (Linux has the same limit).</summary>
    public const int LinkMax = 40;

    /// <summary>Finds the file that a path names.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="path">The path. It starts at the root whether or not it begins with a slash.</param>
    /// <param name="followLast">Whether a link that is the last part is followed too.</param>
    /// <param name="inode">The file.</param>
    /// <returns>No error; or NotFound, NotDirectory, NameTooLong, TooManyLinks, Damaged, Unsupported,
    /// InputOutput.</returns>
    public static FileError Resolve(
        Ext2Volume volume, ReadOnlySpan<byte> path, bool followLast, out Ext2Inode inode)
    {
        inode = default;
        if (path.IsEmpty)
        {
            return FileError.NotFound;
        }

        if (path.Length >= PathMax)
        {
            return FileError.NameTooLong;
        }

        // What is still to be followed stands at the end; the target of a link is put before it.
        Span<byte> buffer = stackalloc byte[PathMax];
        int start = buffer.Length - path.Length;
        path.CopyTo(buffer.Slice(start));
        FileError error = volume.ReadInode(Ext2Volume.RootInode, out inode);
        int links = 0;
        while (error == FileError.None)
        {
            bool hasSlash = SkipSlashes(buffer, ref start);
            if (start == buffer.Length)
            {
                // A slash at the end asks for a directory.
                return hasSlash && inode.Kind != FileKind.Directory ? FileError.NotDirectory : FileError.None;
            }

            ReadOnlySpan<byte> name = TakeName(buffer, ref start);
            Ext2Inode directory = inode;
            error = Step(volume, directory, name, out inode);
            bool isFollowed = followLast || start != buffer.Length;
            if (error == FileError.None && inode.Kind == FileKind.SymbolicLink && isFollowed)
            {
                links++;
                error = links > LinkMax ? FileError.TooManyLinks : PutTarget(volume, inode, buffer, ref start);

                // A link is relative to the directory that it is in.
                inode = directory;
                if (error == FileError.None && buffer[start] == (byte)'/')
                {
                    error = volume.ReadInode(Ext2Volume.RootInode, out inode);
                }
            }
        }

        return error;
    }

    /// <summary>Reads the target of a symbolic link.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="link">The link.</param>
    /// <param name="target">Where it goes; more than fits is left out.</param>
    /// <param name="length">Its length.</param>
    /// <returns>No error; or NotFile if it is no link, Damaged, InputOutput.</returns>
    public static FileError ReadLink(Ext2Volume volume, in Ext2Inode link, Span<byte> target, out int length)
    {
        length = 0;
        if (link.Kind != FileKind.SymbolicLink)
        {
            return FileError.NotFile;
        }

        if (link.Size == 0 || link.Size >= PathMax)
        {
            return FileError.Damaged;
        }

        length = (int)Math.Min(link.Size, (ulong)target.Length);
        uint attributes = link.HasAttributeBlock ? (uint)volume.SuperBlock.BlockBytes / 512 : 0;
        if (link.HalfKibibytes == attributes)
        {
            if (link.Size > Ext2Layout.PointerCount * Ext2Layout.PointerBytes)
            {
                return FileError.Damaged;
            }

            link.CopyShortTarget(target.Slice(0, length));
            return FileError.None;
        }

        var file = new Ext2File(link);
        FileError error = file.Read(volume, 0, target.Slice(0, length), out int count);
        return error == FileError.None && count != length ? FileError.Damaged : error;
    }

    private static bool SkipSlashes(ReadOnlySpan<byte> buffer, ref int start)
    {
        int first = start;
        while (start < buffer.Length && buffer[start] == (byte)'/')
        {
            start++;
        }

        return start != first;
    }

    private static ReadOnlySpan<byte> TakeName(ReadOnlySpan<byte> buffer, ref int start)
    {
        ReadOnlySpan<byte> rest = buffer.Slice(start);
        int length = rest.IndexOf((byte)'/');
        length = length < 0 ? rest.Length : length;
        start += length;
        return rest.Slice(0, length);
    }

    private static FileError Step(
        Ext2Volume volume, in Ext2Inode directory, ReadOnlySpan<byte> name, out Ext2Inode inode)
    {
        inode = directory;
        if (directory.Kind != FileKind.Directory)
        {
            return FileError.NotDirectory;
        }

        if (name.Length > DirectoryEntry.NameMax)
        {
            return FileError.NameTooLong;
        }

        if (name.SequenceEqual("."u8))
        {
            return FileError.None;
        }

        FileError error = Ext2Directory.Find(volume, directory, name, out uint number);
        return error == FileError.None ? volume.ReadInode(number, out inode) : error;
    }

    /// <summary>Puts the target of a link before the rest of a path.</summary>
    private static FileError PutTarget(Ext2Volume volume, in Ext2Inode link, Span<byte> buffer, ref int start)
    {
        if (link.Size > (ulong)start)
        {
            return FileError.NameTooLong;
        }

        FileError error = ReadLink(volume, link, buffer.Slice(start - (int)link.Size, (int)link.Size), out int length);
        start -= length;
        return error == FileError.None && buffer.Slice(start, length).IndexOf((byte)0) >= 0
            ? FileError.Damaged
            : error;
    }
}
