// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using Denali.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Denali.Linux;

/// <summary>What Linux has of a file in its page cache: reads that, or lets go of it. Any thread.</summary>
public static unsafe class CachedFile
{
    /// <summary>Reads a part of a file, if all of it is at hand. Never waits for a disk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">Gets the part; what is in it afterwards means something only if all was read.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="isPossible">
    /// False if nothing of this file can be read this way: its file system cannot say what it has at hand.
    /// </param>
    /// <returns>Whether all was read. If not, it has to be waited for, or the file ends before.</returns>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public static bool TryRead(SafeFileHandle file, Span<byte> buffer, long offset, out bool isPossible)
    {
        // SAFETY: the buffer is pinned for the length of the call, which writes no more than its length.
        fixed (byte* pointer = buffer)
        {
            var vector = new IoVector { Base = (nint)pointer, Bytes = (nuint)buffer.Length };
            nint count = Libc.preadv2(file, &vector, 1, offset, Libc.RWF_NOWAIT);
            isPossible = count >= 0 || Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR;
            return count == buffer.Length;
        }
    }

    /// <summary>Writes what the disk has not got yet, and lets go of all pages, so that the next read of any part waits
    /// for the disk.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="LinuxException">It cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public static void Drop(SafeHandle file)
    {
        if (Libc.fdatasync(file) != 0)
        {
            throw LinuxException.FromLastError("fdatasync");
        }

        int error = Libc.posix_fadvise(file, 0, 0, Libc.POSIX_FADV_DONTNEED);
        if (error != 0)
        {
            throw new LinuxException("posix_fadvise", error);
        }
    }
}
