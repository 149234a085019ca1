// SPDX-License-Identifier: MIT
using Denali.Files;

namespace Ilwaco;

/// <summary>What is known of a file: the stat structure of POSIX.</summary>
public readonly struct FileStatus
{
    internal FileStatus(in Ext2Inode inode)
    {
        Inode = inode.Number;
        Kind = inode.Kind;
        Permissions = inode.Permissions;
        LinkCount = inode.LinkCount;
        UserId = inode.UserId;
        GroupId = inode.GroupId;
        Size = (long)inode.Size;
        HalfKibibytes = inode.HalfKibibytes;
        ModificationTime = inode.ModificationTime;
    }

    /// <summary>Number of the file, unique on its disk (st_ino).</summary>
    public uint Inode { get; }

    /// <summary>What kind of file it is (a part of st_mode).</summary>
    public FileKind Kind { get; }

    /// <summary>Permissions: the low 12 bits of st_mode. Nothing here heeds them.</summary>
    public int Permissions { get; }

    /// <summary>Names that it has (st_nlink).</summary>
    public int LinkCount { get; }

    /// <summary>Number of the owner (st_uid).</summary>
    public uint UserId { get; }

    /// <summary>Number of the group (st_gid).</summary>
    public uint GroupId { get; }

    /// <summary>Length in bytes (st_size).</summary>
    public long Size { get; }

    /// <summary>Space on the disk in units of 512 bytes (st_blocks).</summary>
    public uint HalfKibibytes { get; }

    /// <summary>When its contents changed: seconds since 1970-01-01 UTC (st_mtime).</summary>
    public uint ModificationTime { get; }
}
