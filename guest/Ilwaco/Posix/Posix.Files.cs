// SPDX-License-Identifier: MIT
using System;
using Denali.Files;

namespace Ilwaco;

/// <summary>The calls on files.</summary>
/// <remarks>
/// The first disk is the root of all paths; they are bytes, usually UTF-8. There is no current directory: a path starts
/// at the root. What can fail on the way: ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP, EIO if the disk cannot be read, EUCLEAN
/// if its file system is damaged, ENODEV if there is no disk, EINVAL if there is no file system on it that is known.
/// </remarks>
public static partial class Posix
{
    /// <summary>Opens a file or directory.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="flags">How.</param>
    /// <returns>A descriptor; or EROFS if it is to be written, EMFILE, ELOOP for a link that is not to be followed,
    /// ENXIO for what is neither file nor directory, or what can fail on the way.</returns>
    public static int Open(ReadOnlySpan<byte> path, OpenFlags flags = OpenFlags.ReadOnly)
    {
        const OpenFlags Writes = OpenFlags.WriteOnly | OpenFlags.ReadWrite | OpenFlags.Create;
        if ((flags & Writes) != 0)
        {
            return -(int)Errno.EROFS;
        }

        bool followLast = (flags & OpenFlags.NoFollow) == 0;
        int error = FileSystem.Find(path, followLast, out Ext2Volume? volume, out Ext2Inode inode);
        if (error != 0)
        {
            return error;
        }

        if (inode.Kind is not (FileKind.Regular or FileKind.Directory))
        {
            return -(int)(inode.Kind == FileKind.SymbolicLink ? Errno.ELOOP : Errno.ENXIO);
        }

        if ((flags & OpenFlags.Directory) != 0 && inode.Kind != FileKind.Directory)
        {
            return -(int)Errno.ENOTDIR;
        }

        var file = new OpenFile(volume!, inode);
        int descriptor = Descriptors.Add(file);
        if (descriptor < 0)
        {
            file.Close();
        }

        return descriptor;
    }

    /// <summary>Reads from a file at its position, which moves on, or receives from a socket.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="data">Where to.</param>
    /// <returns>Bytes read, 0 at the end; or EBADF, EISDIR, EIO, EUCLEAN, or what receiving returns.</returns>
    public static int Read(int descriptor, Span<byte> data)
    {
        OpenDescription? description = Descriptors.Use(descriptor);
        if (description is null)
        {
            return -(int)Errno.EBADF;
        }

        int result = description.Read(data);
        description.Unuse();
        return result;
    }

    /// <summary>Reads from a file at a position of the caller's.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="data">Where to.</param>
    /// <param name="offset">The position.</param>
    /// <returns>Bytes read, 0 at the end; or EBADF, ESPIPE for a socket, EINVAL, EISDIR, EIO, EUCLEAN.</returns>
    public static int PRead(int descriptor, Span<byte> data, long offset)
    {
        int error = Use(descriptor, out OpenFile? file);
        if (file is null)
        {
            return error;
        }

        int result = offset < 0 ? -(int)Errno.EINVAL : file.ReadAt(data, (ulong)offset);
        file.Unuse();
        return result;
    }

    /// <summary>Moves the position of a file; a directory can only be begun again.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="offset">By how much.</param>
    /// <param name="origin">From where.</param>
    /// <returns>The new position; or EBADF, ESPIPE for a socket, EINVAL.</returns>
    public static long LSeek(int descriptor, long offset, SeekOrigin origin)
    {
        int error = Use(descriptor, out OpenFile? file);
        if (file is null)
        {
            return error;
        }

        long result = file.Seek(offset, origin);
        file.Unuse();
        return result;
    }

    /// <summary>Tells what is known of an open file.</summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="status">What is known.</param>
    /// <returns>0; or EBADF, ESPIPE for a socket.</returns>
    public static int FStat(int descriptor, out FileStatus status)
    {
        status = default;
        int error = Use(descriptor, out OpenFile? file);
        if (file is null)
        {
            return error;
        }

        status = new FileStatus(file.Inode);
        file.Unuse();
        return 0;
    }

    /// <summary>Tells what is known of a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="status">What is known.</param>
    /// <param name="followLast">Whether of what a link leads to (stat), or of the link (lstat).</param>
    /// <returns>0; or what can fail on the way.</returns>
    public static int Stat(ReadOnlySpan<byte> path, out FileStatus status, bool followLast = true)
    {
        int error = FileSystem.Find(path, followLast, out _, out Ext2Inode inode);
        status = error == 0 ? new FileStatus(inode) : default;
        return error;
    }

    /// <summary>Reads where a symbolic link leads.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">Where its target goes; what finds no room is left out.</param>
    /// <returns>Length of what was put there; or EINVAL if it is no link, or what can fail on the way.</returns>
    public static int ReadLink(ReadOnlySpan<byte> path, Span<byte> target)
    {
        int error = FileSystem.Find(path, followLast: false, out Ext2Volume? volume, out Ext2Inode inode);
        if (error != 0)
        {
            return error;
        }

        FileError failure = Ext2Path.ReadLink(volume!, inode, target, out int length);
        return failure == FileError.None ? length : FileSystem.Fail(failure);
    }

    /// <summary>Opens a directory, to read the names in it.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>A descriptor; or as <see cref="Open"/>.</returns>
    public static int OpenDir(ReadOnlySpan<byte> path) => Open(path, OpenFlags.Directory);

    /// <summary>Reads the next name of a directory; "." and ".." are names too.</summary>
    /// <param name="descriptor">The directory.</param>
    /// <param name="entry">The name.</param>
    /// <returns>1, or 0 at the end; or EBADF, ENOTDIR, EIO, EUCLEAN.</returns>
    public static int ReadDir(int descriptor, ref DirectoryEntry entry)
    {
        int error = Use(descriptor, out OpenFile? file);
        if (file is null)
        {
            return error == -(int)Errno.ESPIPE ? -(int)Errno.ENOTDIR : error;
        }

        int result = file.ReadEntry(ref entry);
        file.Unuse();
        return result;
    }

    /// <summary>Begins a call on a descriptor that must be a file's.</summary>
    internal static int Use(int descriptor, out OpenFile? file)
    {
        OpenDescription? description = Descriptors.Use(descriptor);
        file = description as OpenFile;
        if (file is not null)
        {
            return 0;
        }

        description?.Unuse();
        return -(int)(description is null ? Errno.EBADF : Errno.ESPIPE);
    }
}
