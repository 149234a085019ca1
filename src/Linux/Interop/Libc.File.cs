// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Denali.Linux.Interop;

/// <summary>Descriptors: fcntl.h, unistd.h, sys/ioctl.h, sys/uio.h.</summary>
internal static unsafe partial class Libc
{
    internal const string Library = "libc";
    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CLOEXEC = 0x80000;

    internal const int EAGAIN = 11;

    /// <summary>Fail where a read would have to wait.</summary>
    internal const int RWF_NOWAIT = 8;

    /// <summary>The pages will not be used soon.</summary>
    internal const int POSIX_FADV_DONTNEED = 4;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    // The C function is variadic. On x86-64 a variadic call passes integers and pointers like any other call, so a
    // fixed signature is right there and nowhere else.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, nuint argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint writev(int fd, IoVector* pieces, int count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fdatasync(SafeHandle file);

    // It returns the error's number, and leaves errno alone.
    [LibraryImport(Library)]
    internal static partial int posix_fadvise(SafeHandle file, long offset, long length, int advice);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint preadv2(SafeFileHandle file, IoVector* pieces, int count, long offset, int flags);
}

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct IoVector
{
    internal const int SizeOf = 16;

    [FieldOffset(0)] internal nint Base;
    [FieldOffset(8)] internal nuint Bytes;
}
