// SPDX-License-Identifier: MIT
using System;
using Denali.Files;
using GuestTests;
using Ilwaco;

/// <summary>Tests what the calls on files return, on a disk that the host has prepared.</summary>
internal static unsafe class FileSuite
{
    private static ReadOnlySpan<byte> Content => "The quick brown fox"u8;

    internal static int Run()
    {
        TestReport.Begin("files"u8);
        TestReport.Run("open_missing_says_why"u8, &OpenMissing);
        TestReport.Run("read_moves_the_position"u8, &ReadMoves);
        TestReport.Run("pread_leaves_the_position"u8, &PReadLeaves);
        TestReport.Run("lseek_goes_where_it_is_told"u8, &LSeekGoes);
        TestReport.Run("stat_knows_the_file"u8, &StatKnows);
        TestReport.Run("links_are_followed_or_not"u8, &LinksFollowed);
        TestReport.Run("directory_has_its_names"u8, &DirectoryNames);
        TestReport.Run("descriptors_bad_are_refused"u8, &DescriptorsBad);
        TestReport.Run("descriptors_are_the_lowest_free"u8, &DescriptorsLowest);
        TestReport.Run("files_are_not_sockets"u8, &FilesAreNotSockets);
        TestReport.Run("hold_is_bounded_and_given_back"u8, &HoldBounded);
        TestReport.Run("memory_comes_back"u8, &MemoryComesBack);
        return TestReport.End("files"u8);
    }

    private static void OpenMissing()
    {
        CheckError(Posix.Open(""u8), Errno.ENOENT);
        CheckError(Posix.Open("/missing"u8), Errno.ENOENT);
        CheckError(Posix.Open("/directory/file/more"u8), Errno.ENOTDIR);
        CheckError(Posix.Open("/directory/file/"u8), Errno.ENOTDIR);
        CheckError(Posix.OpenDir("/directory/file"u8), Errno.ENOTDIR);
        CheckError(Posix.Open("/circle"u8), Errno.ELOOP);
        CheckError(Posix.Open("/broken"u8), Errno.ENOENT);
        CheckError(Posix.Open("/link"u8, OpenFlags.NoFollow), Errno.ELOOP);
        CheckError(Posix.Open("/directory/file"u8, OpenFlags.WriteOnly), Errno.EROFS);
        CheckError(Posix.Open("/new"u8, OpenFlags.Create), Errno.EROFS);
        Span<byte> name = stackalloc byte[256];
        name.Fill((byte)'n');
        CheckError(Posix.Open(name), Errno.ENAMETOOLONG);
    }

    private static void ReadMoves()
    {
        int file = Posix.Open("/directory/file"u8);
        Span<byte> buffer = stackalloc byte[64];
        TestReport.CheckEqual(Posix.Read(file, buffer.Slice(0, 4)), 4, "bytes read"u8);
        TestReport.CheckEqual(Posix.Read(file, buffer.Slice(4)), Content.Length - 4, "bytes of the rest"u8);
        TestReport.Check(buffer.Slice(0, Content.Length).SequenceEqual(Content), "other bytes"u8);
        TestReport.CheckEqual(Posix.Read(file, buffer), 0, "bytes at the end"u8);
        TestReport.CheckEqual(Posix.Close(file), 0, "close"u8);
    }

    private static void PReadLeaves()
    {
        int file = Posix.Open("/directory/file"u8);
        Span<byte> buffer = stackalloc byte[5];
        TestReport.CheckEqual(Posix.PRead(file, buffer, 4), 5, "bytes read"u8);
        TestReport.Check(buffer.SequenceEqual("quick"u8), "other bytes"u8);
        TestReport.CheckEqual(Posix.LSeek(file, 0, SeekOrigin.Current), 0, "position"u8);
        TestReport.CheckEqual(Posix.PRead(file, buffer, 1_000_000), 0, "bytes behind the end"u8);
        CheckError(Posix.PRead(file, buffer, -1), Errno.EINVAL);
        TestReport.CheckEqual(Posix.Close(file), 0, "close"u8);
    }

    private static void LSeekGoes()
    {
        int file = Posix.Open("/directory/file"u8);
        Span<byte> buffer = stackalloc byte[3];
        TestReport.CheckEqual(Posix.LSeek(file, -3, SeekOrigin.End), Content.Length - 3, "position"u8);
        TestReport.CheckEqual(Posix.Read(file, buffer), 3, "bytes read"u8);
        TestReport.Check(buffer.SequenceEqual("fox"u8), "other bytes"u8);
        TestReport.CheckEqual(Posix.LSeek(file, 5, SeekOrigin.Current), Content.Length + 5, "position behind"u8);
        TestReport.CheckEqual(Posix.Read(file, buffer), 0, "bytes behind the end"u8);
        TestReport.CheckEqual(Posix.LSeek(file, long.MaxValue, SeekOrigin.Begin), long.MaxValue, "last position"u8);
        TestReport.CheckEqual(Posix.Read(file, buffer), 0, "bytes at the last position"u8);
        CheckError(Posix.LSeek(file, 1, SeekOrigin.Current), Errno.EINVAL);
        CheckError(Posix.LSeek(file, -1, SeekOrigin.Begin), Errno.EINVAL);
        CheckError(Posix.LSeek(file, 0, (SeekOrigin)3), Errno.EINVAL);
        TestReport.CheckEqual(Posix.Close(file), 0, "close"u8);
    }

    private static void StatKnows()
    {
        TestReport.CheckEqual(Posix.Stat("/directory/file"u8, out FileStatus status), 0, "stat"u8);
        TestReport.CheckEqual(status.Size, Content.Length, "size"u8);
        TestReport.CheckEqual(status.ModificationTime, 1_234_567_890, "modification time"u8);
        TestReport.Check(status.Kind == FileKind.Regular, "it is no file"u8);
        TestReport.CheckEqual(Posix.Stat("/link"u8, out FileStatus link, followLast: false), 0, "lstat"u8);
        TestReport.Check(link.Kind == FileKind.SymbolicLink, "it is no link"u8);
        TestReport.CheckEqual(Posix.Stat("/link"u8, out link), 0, "stat of a link"u8);
        TestReport.CheckEqual(link.Inode, status.Inode, "inode"u8);
        CheckError(Posix.Stat("/missing"u8, out _), Errno.ENOENT);
    }

    private static void LinksFollowed()
    {
        int file = Posix.Open("/link"u8);
        TestReport.CheckEqual(Posix.FStat(file, out FileStatus status), 0, "fstat"u8);
        TestReport.CheckEqual(status.Size, Content.Length, "size"u8);
        TestReport.CheckEqual(Posix.Close(file), 0, "close"u8);
        Span<byte> target = stackalloc byte[64];
        int length = Posix.ReadLink("/link"u8, target);
        TestReport.CheckEqual(length, "directory/file"u8.Length, "length of the target"u8);
        TestReport.Check(target.Slice(0, length).SequenceEqual("directory/file"u8), "another target"u8);
        CheckError(Posix.ReadLink("/directory"u8, target), Errno.EINVAL);
    }

    private static void DirectoryNames()
    {
        int directory = Posix.OpenDir("/directory"u8);
        DirectoryEntry entry = default;
        Span<byte> name = stackalloc byte[DirectoryEntry.NameMax];
        for (int round = 0; round < 2; round++)
        {
            int count = 0;
            bool isFound = false;
            while (Posix.ReadDir(directory, ref entry) == 1)
            {
                count++;
                isFound |= entry.CopyName(name).SequenceEqual("file"u8);
            }

            TestReport.CheckEqual(count, 3, "names"u8);
            TestReport.Check(isFound, "a name is missing"u8);
            TestReport.CheckEqual(Posix.ReadDir(directory, ref entry), 0, "names behind the end"u8);
            TestReport.CheckEqual(Posix.LSeek(directory, 0, SeekOrigin.Begin), 0, "position"u8);
        }

        CheckError(Posix.LSeek(directory, 1, SeekOrigin.Begin), Errno.EINVAL);
        CheckError(Posix.Read(directory, name), Errno.EISDIR);
        CheckError(Posix.PRead(directory, name, 0), Errno.EISDIR);
        TestReport.CheckEqual(Posix.Close(directory), 0, "close"u8);
    }

    private static void DescriptorsBad()
    {
        Span<byte> buffer = stackalloc byte[4];
        DirectoryEntry entry = default;
        ReadOnlySpan<int> bad = [-1, 0, 2, 3, 1000, int.MaxValue, int.MinValue];
        foreach (int descriptor in bad)
        {
            CheckError(Posix.Read(descriptor, buffer), Errno.EBADF);
            CheckError(Posix.PRead(descriptor, buffer, 0), Errno.EBADF);
            CheckError(Posix.LSeek(descriptor, 0, SeekOrigin.Begin), Errno.EBADF);
            CheckError(Posix.FStat(descriptor, out _), Errno.EBADF);
            CheckError(Posix.ReadDir(descriptor, ref entry), Errno.EBADF);
            CheckError(Posix.Close(descriptor), Errno.EBADF);
            CheckError(FileSystem.Hold(descriptor, 0, 1, out _), Errno.EBADF);
        }

        int file = Posix.Open("/directory/file"u8);
        CheckError(Posix.ReadDir(file, ref entry), Errno.ENOTDIR);
        TestReport.CheckEqual(Posix.Close(file), 0, "close"u8);
        CheckError(Posix.Close(file), Errno.EBADF);
    }

    private static void DescriptorsLowest()
    {
        int first = Posix.Open("/directory/file"u8);
        int second = Posix.Open("/directory/file"u8);
        TestReport.CheckEqual(first, 3, "first descriptor"u8);
        TestReport.CheckEqual(second, 4, "second descriptor"u8);
        TestReport.CheckEqual(Posix.Close(first), 0, "close"u8);
        TestReport.CheckEqual(Posix.Open("/"u8), 3, "descriptor that was free"u8);
        TestReport.CheckEqual(Posix.Close(3) + Posix.Close(4), 0, "close"u8);
    }

    private static void FilesAreNotSockets()
    {
        int file = Posix.Open("/directory/file"u8);
        CheckError(Posix.Send(file, "x"u8), Errno.ENOTSOCK);
        CheckError(Posix.Listen(file, 1), Errno.ENOTSOCK);
        CheckError(Posix.Send(99, "x"u8), Errno.EBADF);
        TestReport.CheckEqual(Posix.Close(file), 0, "close"u8);
    }

    private static void HoldBounded()
    {
        int file = Posix.Open("/large"u8);
        var all = new HeldBytes[4096];
        int count = 0;
        long offset = 0;
        int result;
        while ((result = FileSystem.Hold(file, offset, 4096, out all[count])) > 0)
        {
            offset += result;
            count++;
        }

        CheckError(result, Errno.ENOBUFS);
        Span<byte> buffer = stackalloc byte[64];
        TestReport.CheckEqual(Posix.PRead(file, buffer, offset + 100_000), 64, "bytes read beside it"u8);
        for (int i = 0; i < count; i++)
        {
            FileSystem.Release(ref all[i]);
        }

        TestReport.Check(count > 16, "only a few pages can be held"u8);
        TestReport.CheckEqual(FileSystem.Hold(file, offset, 100, out all[0]), 100, "bytes held afterwards"u8);
        FileSystem.Release(ref all[0]);
        CheckError(FileSystem.Hold(file, 0, 0, out _), Errno.EINVAL);
        CheckError(FileSystem.Hold(file, -1, 1, out _), Errno.EINVAL);
        TestReport.CheckEqual(Posix.Close(file), 0, "close"u8);
        Heap.Free(all);
    }

    private static void MemoryComesBack()
    {
        ulong before = Heap.BytesInUse;
        for (int i = 0; i < 1000; i++)
        {
            _ = Posix.Close(Posix.Open("/directory/file"u8));
        }

        TestReport.CheckEqual((long)Heap.BytesInUse, (long)before, "bytes in use"u8);
    }

    private static void CheckError(long result, Errno error) => TestReport.CheckEqual(result, -(int)error, "result"u8);
}
