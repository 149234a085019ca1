// SPDX-License-Identifier: MIT
using System;
using Denali.Files;
using Ilwaco;

/// <summary>Visits all files below the root.</summary>
internal sealed class TreeWalker
{
    private const int PathMax = 1024;
    private const int PieceBytes = 10_000;
    private const ulong HashStart = 0xCBF2_9CE4_8422_2325;
    private const ulong HashFactor = 0x100_0000_01B3;

    private readonly byte[] _path = new byte[PathMax];
    private readonly byte[] _piece = new byte[PieceBytes];
    private readonly bool _isHeld;
    private readonly bool _isListed;

    /// <summary>Makes a walker.</summary>
    /// <param name="isHeld">Whether files are read where the page cache has them.</param>
    /// <param name="isListed">Whether each is written to the console, with its hash.</param>
    internal TreeWalker(bool isHeld, bool isListed)
    {
        _isHeld = isHeld;
        _isListed = isListed;
    }

    /// <summary>Sum of the hashes of all files.</summary>
    internal ulong Sum { get; private set; }

    /// <summary>Visits all.</summary>
    /// <returns>0, or the first error.</returns>
    internal int Walk() => WalkDirectory(0);

    /// <summary>Gives its memory back.</summary>
    internal void Free()
    {
        Heap.Free(_path);
        Heap.Free(_piece);
        Heap.Free(this);
    }

    private int WalkDirectory(int length)
    {
        int directory = Posix.OpenDir(length == 0 ? "/"u8 : _path.AsSpan(0, length));
        if (directory < 0)
        {
            return directory;
        }

        DirectoryEntry entry = default;
        int result = 0;
        while (result == 0)
        {
            int found = Posix.ReadDir(directory, ref entry);
            if (found <= 0)
            {
                result = found;
                break;
            }

            _path[length] = (byte)'/';
            ReadOnlySpan<byte> name = entry.CopyName(_path.AsSpan(length + 1, DirectoryEntry.NameMax));
            int end = length + 1 + name.Length;
            if (entry.Kind == FileKind.Regular)
            {
                result = Visit(_path.AsSpan(0, end));
            }
            else if (entry.Kind == FileKind.Directory && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                result = WalkDirectory(end);
            }
        }

        int closed = Posix.Close(directory);
        return result == 0 ? closed : result;
    }

    private int Visit(ReadOnlySpan<byte> path)
    {
        int file = Posix.Open(path);
        if (file < 0)
        {
            return file;
        }

        ulong hash = HashStart;
        long size = 0;
        int count;
        while ((count = _isHeld ? HashHeld(file, size, ref hash) : HashRead(file, ref hash)) > 0)
        {
            size += count;
        }

        int error = Posix.FStat(file, out FileStatus status);
        error = error == 0 ? Posix.Close(file) : error;
        if (count != 0 || error != 0 || status.Size != size)
        {
            return count != 0 ? count : error != 0 ? error : -(int)Errno.EINVAL;
        }

        Sum += hash;
        if (_isListed)
        {
            Print(path, size, hash);
        }

        return 0;
    }

    private int HashRead(int file, ref ulong hash)
    {
        int count = Posix.Read(file, _piece);
        if (count > 0)
        {
            Hash(_piece.AsSpan(0, count), ref hash);
        }

        return count;
    }

    private static int HashHeld(int file, long offset, ref ulong hash)
    {
        int count = FileSystem.Hold(file, offset, 64 * 1024, out HeldBytes held);
        if (count > 0)
        {
            Hash(FileSystem.Bytes(held), ref hash);
            FileSystem.Release(ref held);
        }

        return count;
    }

    // FNV-1a.
    private static void Hash(ReadOnlySpan<byte> bytes, ref ulong hash)
    {
        foreach (byte value in bytes)
        {
            hash = unchecked((hash ^ value) * HashFactor);
        }
    }

    private static void Print(ReadOnlySpan<byte> path, long size, ulong hash)
    {
        Utf8Writer writer = new(stackalloc byte[PathMax * 2]);
        writer.WriteHexadecimal(hash, 16);
        writer.Write(" "u8);
        writer.WriteDecimal(size);
        writer.Write(" "u8);
        foreach (byte value in path)
        {
            // A name may hold anything.
            writer.WriteHexadecimal(value, 2);
        }

        ConsoleDevice.WriteLine(writer.Written);
    }
}
