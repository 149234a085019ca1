// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace Denali.Control.Disks;

/// <summary>
/// Takes out of a new image when its files were last read and copied, so that the same files make the same image.
/// mke2fs has no option for it.
/// </summary>
internal static class DiskTimes
{
    // Places in an ext2 file system, which mke2fs has made just now in the way that Mke2fs asks for.
    private const int SuperBlock = 1024;
    private const int InodesPerGroup = 40;
    private const int InodeCount = 0;
    private const int GroupTable = (int)DiskContent.BlockBytes;
    private const int GroupBytes = 32;
    private const int InodeTable = 8;
    private const int AccessTime = 8;
    private const int ChangeTime = 12;
    private const int ModificationTime = 16;

    /// <summary>Sets these times to that of the last modification.</summary>
    /// <param name="path">The image.</param>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    internal static void Remove(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        uint perGroup = ReadWord(file, SuperBlock + InodesPerGroup);
        uint groups = ReadWord(file, SuperBlock + InodeCount) / perGroup;
        byte[] inodes = new byte[perGroup * DiskContent.InodeBytes];
        for (uint group = 0; group < groups; group++)
        {
            long table = ReadWord(file, GroupTable + (group * GroupBytes) + InodeTable) * DiskContent.BlockBytes;
            int bytes = RandomAccess.Read(file, inodes, table);
            for (int at = 0; at < bytes; at += (int)DiskContent.InodeBytes)
            {
                Span<byte> inode = inodes.AsSpan(at, (int)DiskContent.InodeBytes);
                Span<byte> modified = inode.Slice(ModificationTime, sizeof(uint));
                modified.CopyTo(inode[AccessTime..]);
                modified.CopyTo(inode[ChangeTime..]);
            }

            RandomAccess.Write(file, inodes.AsSpan(0, bytes), table);
        }
    }

    private static uint ReadWord(SafeFileHandle file, long offset)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        return RandomAccess.Read(file, word, offset) == word.Length
            ? BinaryPrimitives.ReadUInt32LittleEndian(word)
            : throw new IOException("mke2fs made a file that is too short");
    }
}
