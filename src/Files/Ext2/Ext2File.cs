// SPDX-License-Identifier: MIT
using System;

namespace Denali.Files;

/// <summary>Reads the contents of a file, and reads ahead where it is read in order.</summary>
/// <remarks>
/// A mutable structure: keep it in a field, never copy it. Two threads may use one at the same time; then it only
/// guesses worse what will be read next.
/// </remarks>
public struct Ext2File
{
    private const int PageBytes = BlockDevice.SectorBytes;

    // A long read goes on in pieces, so that reading ahead keeps ahead of it.
    private const int PieceBytes = BlockDevice.ReadMax * PageBytes;

    // In pages. The first read of a file gets a small one, so that short files cost one request and no more.
    private const int WindowMin = 4;
    private const int WindowMax = 32;

    // One cursor must not use up the cache by what it only guesses.
    private const int WindowShare = 8;

    private Ext2Inode _inode;
    private ulong _next;
    private ulong _aheadOf;
    private int _window;

    /// <summary>Begins with a file.</summary>
    /// <param name="inode">The file.</param>
    public Ext2File(in Ext2Inode inode)
    {
        this = default;
        _inode = inode;
        _window = WindowMin;
    }

    /// <summary>Length of the file in bytes.</summary>
    public readonly ulong Size => _inode.Size;

    /// <summary>Reads bytes.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="count">How many there were: fewer than asked for at the end of the file only.</param>
    /// <returns>No error; or Damaged, InputOutput: then fewer may have been read.</returns>
    public FileError Read(Ext2Volume volume, ulong offset, Span<byte> destination, out int count)
    {
        count = 0;
        FileError error = FileError.None;
        int length = Clip(offset, destination.Length);
        while (error == FileError.None && count < length)
        {
            int piece = Math.Min(length - count, PieceBytes);
            error = ReadAhead(volume, offset, piece);
            if (error == FileError.None)
            {
                error = ReadPiece(volume, offset, destination.Slice(count, piece), ref count);
                offset += (uint)piece;
            }
        }

        return error;
    }

    /// <summary>Keeps bytes of the file in the page cache, where they can be read without copying.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="length">How many are wanted, more than 0.</param>
    /// <param name="held">
    /// What is held: as much as lies in one piece, at least a byte unless the file has ended; to be released.
    /// </param>
    /// <returns>No error; or Damaged, InputOutput, NoMemory if too much is held already: then nothing is.</returns>
    public FileError Hold(Ext2Volume volume, ulong offset, int length, out HeldBytes held)
    {
        held = default;
        length = Clip(offset, length);
        FileError error = ReadAhead(volume, offset, length);
        while (error == FileError.None && held.Length < length)
        {
            error = Pin(volume, offset, out int frame, out int at, out int bytes);
            if (error != FileError.None)
            {
                break;
            }

            int end = held.Offset + held.Length;
            int last = held.Frame + held.FrameCount - 1;
            bool isSamePage = held.FrameCount != 0 && frame == last && at == end - ((last - held.Frame) * PageBytes);
            bool isNextPage = held.FrameCount != 0 && frame == last + 1 && at == 0 && end % PageBytes == 0;
            if (isSamePage || (held.FrameCount != 0 && !isNextPage))
            {
                Unpin(volume, frame);
                if (!isSamePage)
                {
                    break;
                }
            }
            else if (!volume.Cache.TryHold(frame))
            {
                error = FileError.NoMemory;
                break;
            }
            else
            {
                held.Frame = held.FrameCount == 0 ? frame : held.Frame;
                held.Offset = held.FrameCount == 0 ? at : held.Offset;
                held.FrameCount++;
            }

            bytes = Math.Min(bytes, length - held.Length);
            held.Length += bytes;
            offset += (uint)bytes;
        }

        // What could be held is good, whatever comes behind it.
        return held.Length > 0 ? FileError.None : error;
    }

    private readonly FileError ReadPiece(Ext2Volume volume, ulong offset, Span<byte> destination, ref int count)
    {
        while (!destination.IsEmpty)
        {
            FileError error = Pin(volume, offset, out int frame, out int at, out int bytes);
            if (error != FileError.None)
            {
                return error;
            }

            bytes = Math.Min(bytes, destination.Length);
            volume.Cache.PageOf(frame).Slice(at, bytes).CopyTo(destination);
            Unpin(volume, frame);
            destination = destination.Slice(bytes);
            offset += (uint)bytes;
            count += bytes;
        }

        return FileError.None;
    }

    private static void Unpin(Ext2Volume volume, int frame)
    {
        if (frame != PageCache.ZeroFrame)
        {
            volume.Cache.Unpin(frame);
        }
    }

    private readonly int Clip(ulong offset, int length) =>
        offset >= _inode.Size ? 0 : (int)Math.Min((ulong)length, _inode.Size - offset);

    /// <summary>Pins the page with a byte of the file; that of zeros, which is always there, for a hole.</summary>
    private readonly FileError Pin(Ext2Volume volume, ulong offset, out int frame, out int at, out int bytes)
    {
        uint blockBytes = (uint)volume.SuperBlock.BlockBytes;
        int inBlock = (int)(offset % blockBytes);
        bytes = (int)blockBytes - inBlock;
        frame = PageCache.ZeroFrame;
        at = inBlock;
        FileError error = volume.MapBlock(_inode, offset / blockBytes, out uint block);
        return error != FileError.None || block == 0
            ? error
            : volume.Pin(((ulong)block * blockBytes) + (uint)inBlock, out frame, out at);
    }

    /// <summary>Starts to read what is asked for, and what will probably be asked for next.</summary>
    private FileError ReadAhead(Ext2Volume volume, ulong offset, int length)
    {
        ulong end = offset + (uint)length;
        bool isSequential = offset == _next;
        _next = end;
        int most = Math.Min(WindowMax, volume.Cache.FrameCount / WindowShare);
        ulong window = (ulong)(Math.Min(isSequential ? _window : 0, most) * PageBytes);
        ulong from = isSequential ? Math.Max(offset, _aheadOf) : offset;
        if (length == 0 || (isSequential && from >= Math.Min(end + (window / 2), _inode.Size)))
        {
            return FileError.None;
        }

        _window = isSequential ? Math.Min(_window * 2, WindowMax) : WindowMin;
        ulong until = Math.Min(Math.Min(end, from + (ulong)(most * PageBytes)) + window, _inode.Size);
        _aheadOf = until;
        return StartReads(volume, from, until);
    }

    /// <summary>Starts to read a part of the file, in pieces that lie in a row on the disk.</summary>
    private readonly FileError StartReads(Ext2Volume volume, ulong from, ulong until)
    {
        uint blockBytes = (uint)volume.SuperBlock.BlockBytes;
        ulong runStart = 0;
        ulong runEnd = 0;
        for (ulong index = from / blockBytes; index * blockBytes < until; index++)
        {
            FileError error = volume.MapBlock(_inode, index, out uint block);
            if (error != FileError.None)
            {
                return error;
            }

            ulong sector = (ulong)block * blockBytes / PageBytes;
            if (block == 0 || (sector < runEnd && sector >= runStart))
            {
                continue;
            }

            if (sector != runEnd)
            {
                Start(volume, runStart, runEnd);
                runStart = sector;
            }

            runEnd = sector + 1;
        }

        Start(volume, runStart, runEnd);
        return FileError.None;
    }

    private static void Start(Ext2Volume volume, ulong from, ulong to)
    {
        if (to > from)
        {
            volume.Cache.ReadAhead(from, (int)(to - from));
        }
    }
}
