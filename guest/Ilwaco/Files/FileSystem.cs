// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Files;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The file system of the first disk, which is the root of all paths, and its page cache.</summary>
/// <remarks>It is opened by the first call that needs it; a guest without such a call has none of it in its image. Any
/// thread.</remarks>
public static unsafe class FileSystem
{
    // Of the VM's memory. Pages are touched as they are used, so a cache that is large on paper costs nothing.
    private const uint CacheShare = 4;

    private const ulong PreparedBytes = 2 * AddressMap.ChunkBytes;

    private static Ext2Volume? s_volume;
    private static PageCache? s_cache;
    private static FileLender? s_lender;
    private static uint s_cachePages;
    private static FileError s_error;
    private static bool s_isOpening;
    private static Event? s_opened;

    /// <summary>Whether this VM has a disk.</summary>
    public static bool IsPresent => (VirtualRegisters.Page->Features & FeatureBits.Disk) != 0;

    /// <summary>
    /// Pages of <see cref="PageAllocator.PageBytes"/> that the cache may have, 16 at least; by default as many as a
    /// quarter of the memory. To be set before the first call on files.
    /// </summary>
    public static uint CachePages
    {
        get => s_cachePages != 0
            ? s_cachePages
            : Math.Max(PageCache.FrameMin, PageAllocator.PagesTotal / CacheShare);
        set => s_cachePages = Math.Max(PageCache.FrameMin, value);
    }

    /// <summary>Sectors that were found in the page cache, and those that had to be waited for.</summary>
    public static (ulong Hits, ulong Misses) CacheCounts =>
        s_volume is null ? default : (s_volume.Cache.HitCount, s_volume.Cache.MissCount);

    /// <summary>
    /// Makes the page cache without looking at the disk, which may not even be there yet: to be called before
    /// <see cref="VirtualInstructions.Ready"/>, so that clones with different disks share what it took. Not by two
    /// threads at once.
    /// </summary>
    public static void Prepare()
    {
        if (s_cache is not null)
        {
            return;
        }

        byte* frames = (byte*)PageAllocator.TryAllocateForGood(CachePages);
        if (frames == null)
        {
            Panic.OutOfMemory(CachePages * PageAllocator.PageBytes);
        }

        // Commits what the first few files take, which reading them would do in each clone anew.
        ulong bytes = Math.Min(CachePages * PageAllocator.PageBytes, PreparedBytes);
        for (ulong offset = 0; offset < bytes; offset += AddressMap.ChunkBytes)
        {
            Volatile.Write(ref frames[offset], 0);
        }

        s_lender = new FileLender();
        s_cache = new Disk(0, frames, (int)CachePages).Cache;
    }

    /// <summary>
    /// Keeps bytes of a file in the page cache, where a network can read them without copying, until they are released.
    /// </summary>
    /// <param name="descriptor">The file.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="length">How many are wanted, more than 0.</param>
    /// <param name="held">What is held: as much as lies in one piece.</param>
    /// <returns>How many bytes are held, 0 at the end of the file; or EBADF, ESPIPE, EISDIR, EINVAL, EIO, EUCLEAN,
    /// ENOBUFS if so much is held that more would leave no room for reading.</returns>
    public static int Hold(int descriptor, long offset, int length, out HeldBytes held)
    {
        held = default;
        int error = Posix.Use(descriptor, out OpenFile? file);
        if (file is null)
        {
            return error;
        }

        int result = offset < 0 || length <= 0
            ? -(int)Errno.EINVAL
            : file.Hold((ulong)offset, length, out held);
        file.Unuse();
        return result;
    }

    /// <summary>Bytes that are held.</summary>
    /// <param name="held">What is held.</param>
    /// <returns>The bytes, valid until they are released.</returns>
    public static ReadOnlySpan<byte> Bytes(scoped in HeldBytes held) =>
        held.Length == 0 ? default : s_volume!.Cache.Bytes(held);

    /// <summary>Gives held bytes back: once, and when nobody reads them any more.</summary>
    /// <param name="held">What is held; afterwards it is empty.</param>
    public static void Release(ref HeldBytes held) => s_volume?.Cache.Release(ref held);

    /// <summary>
    /// Sends held bytes on a connection without copying them, and never waits. They stay held until the peer has
    /// acknowledged them or the connection ends.
    /// </summary>
    /// <param name="socket">A connected stream socket.</param>
    /// <param name="held">What is held; if bytes are taken it is empty afterwards, also if they are not all.</param>
    /// <returns>Bytes taken, from the first on; or EBADF, ENOTSOCK, EAGAIN, EOPNOTSUPP, ENOTCONN, EPIPE, ECONNRESET,
    /// ETIMEDOUT, and EINVAL if nothing is held.</returns>
    public static int Send(int socket, ref HeldBytes held)
    {
        if (held.Length == 0)
        {
            return -(int)Errno.EINVAL;
        }

        int sent = Posix.SendLent(socket, FileLender.Lend(s_lender!, held));
        if (sent > 0)
        {
            held = default;
        }

        return sent;
    }

    /// <summary>Finds the file that a path names.</summary>
    internal static int Find(ReadOnlySpan<byte> path, bool followLast, out Ext2Volume? volume, out Ext2Inode inode)
    {
        inode = default;
        volume = Open();
        if (volume is null)
        {
            return s_error == FileError.NotFound ? -(int)Errno.ENODEV : Fail(s_error);
        }

        return Fail(Ext2Path.Resolve(volume, path, followLast, out inode));
    }

    /// <summary>The negated number of an error.</summary>
    internal static int Fail(FileError error) => -(int)(error switch
    {
        FileError.None => Errno.None,
        FileError.NotFound => Errno.ENOENT,
        FileError.NotDirectory => Errno.ENOTDIR,
        FileError.IsDirectory => Errno.EISDIR,
        FileError.NameTooLong => Errno.ENAMETOOLONG,
        FileError.TooManyLinks => Errno.ELOOP,
        FileError.Damaged => Errno.EUCLEAN,
        FileError.InputOutput => Errno.EIO,
        FileError.NoMemory => Errno.ENOBUFS,
        _ => Errno.EINVAL,
    });

    private static Ext2Volume? Open()
    {
        if (s_volume is not null)
        {
            return s_volume;
        }

        // One thread opens it, since that waits for the disk; others wait for that thread.
        CriticalSection.Enter();
        bool isMine = !s_isOpening;
        s_isOpening = true;
        s_opened ??= new Event();
        CriticalSection.Leave();
        if (isMine)
        {
            s_error = Mount(out s_volume);
            s_opened.Set();
        }
        else
        {
            s_opened.Wait();
        }

        return s_volume;
    }

    private static FileError Mount(out Ext2Volume? volume)
    {
        volume = null;
        if (!IsPresent)
        {
            return FileError.NotFound;
        }

        Prepare();
        return Ext2Volume.TryMount(s_cache!, out volume);
    }
}
