// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using System.Text;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>An open descriptor that is closed once, by whoever disposes it. Safe for use from any thread.</summary>
public class FileDescriptor : SafeHandle
{
    /// <summary>Makes a handle to nothing, which is not valid.</summary>
    public FileDescriptor()
        : base(-1, ownsHandle: true)
    {
    }

    /// <summary>Takes over an open descriptor.</summary>
    /// <param name="fd">The descriptor; 0 is a valid one, -1 is not.</param>
    public FileDescriptor(int fd)
        : this()
    {
        SetHandle(fd);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    internal int Fd => IsClosed ? throw new ObjectDisposedException(nameof(FileDescriptor)) : (int)handle;

    /// <summary>Opens a file or device for reading and writing.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="nonBlocking">Whether reading and writing return at once.</param>
    /// <returns>The descriptor.</returns>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static FileDescriptor OpenReadWrite(string path, bool nonBlocking = false) =>
        Open(path, Libc.O_RDWR | (nonBlocking ? Libc.O_NONBLOCK : 0));

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The descriptor.</returns>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static FileDescriptor OpenReadOnly(string path) => Open(path, Libc.O_RDONLY);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    private static unsafe FileDescriptor Open(string path, int flags)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');

        // SAFETY: name is pinned and NUL-terminated for the length of the call.
        fixed (byte* pointer = name)
        {
            int fd = Libc.open(pointer, flags | Libc.O_CLOEXEC, 0);
            return fd >= 0 ? new FileDescriptor(fd) : throw LinuxException.FromLastError($"open of {path}");
        }
    }
}
