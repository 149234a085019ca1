// SPDX-License-Identifier: MIT
using System;
using Denali.Files;

namespace Ilwaco;

/// <summary>An open file or directory.</summary>
internal sealed class OpenFile : OpenDescription
{
    private readonly Ext2Volume _volume;
    private readonly Mutex _lock = new();
    private readonly Ext2Inode _inode;
    private Ext2File _file;
    private ulong _position;

    internal OpenFile(Ext2Volume volume, in Ext2Inode inode)
    {
        _volume = volume;
        _inode = inode;
        _file = new Ext2File(inode);
    }

    /// <summary>What it is.</summary>
    internal ref readonly Ext2Inode Inode => ref _inode;

    /// <inheritdoc/>
    internal override PollEvents ReadyEvents => PollEvents.Readable | PollEvents.Writable;

    /// <inheritdoc/>
    internal override int Read(Span<byte> data)
    {
        // Two threads that read at the same time get different bytes.
        _lock.Lock();
        int count = ReadAt(data, _position);
        _position += count > 0 ? (uint)count : 0;
        _lock.Unlock();
        return count;
    }

    /// <summary>Reads bytes at a position.</summary>
    internal int ReadAt(Span<byte> data, ulong position)
    {
        if (_inode.Kind == FileKind.Directory)
        {
            return -(int)Errno.EISDIR;
        }

        FileError error = _file.Read(_volume, position, data, out int count);
        return count > 0 ? count : FileSystem.Fail(error);
    }

    /// <summary>Keeps bytes in the page cache.</summary>
    internal int Hold(ulong position, int length, out HeldBytes held)
    {
        held = default;
        if (_inode.Kind == FileKind.Directory)
        {
            return -(int)Errno.EISDIR;
        }

        FileError error = _file.Hold(_volume, position, length, out held);
        return error == FileError.None ? held.Length : FileSystem.Fail(error);
    }

    /// <summary>Sets the position.</summary>
    internal long Seek(long offset, SeekOrigin origin)
    {
        _lock.Lock();
        ulong from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => _inode.Size,
        };
        long position = unchecked((long)from + offset);
        bool isGood = position >= 0 && (offset < 0 || position >= (long)from)
            && origin is SeekOrigin.Begin or SeekOrigin.Current or SeekOrigin.End;

        // In a directory only the start is a position that a caller can know.
        isGood = isGood && (_inode.Kind != FileKind.Directory || position == 0);
        _position = isGood ? (ulong)position : _position;
        _lock.Unlock();
        return isGood ? position : -(int)Errno.EINVAL;
    }

    /// <summary>Reads the next name of a directory.</summary>
    internal int ReadEntry(ref DirectoryEntry entry)
    {
        _lock.Lock();
        FileError error = Ext2Directory.Read(_volume, _inode, ref _position, ref entry);
        _lock.Unlock();
        return error == FileError.None ? 1 : error == FileError.NotFound ? 0 : FileSystem.Fail(error);
    }

    /// <inheritdoc/>
    internal override void Close()
    {
        Use();
        IsClosed = true;
        Unuse();
    }

    /// <inheritdoc/>
    protected override void FreeParts() => Heap.Free(_lock);
}
