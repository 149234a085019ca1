// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>
/// Anonymous memory behind a descriptor (memfd), filled once and then sealed, so that many private mappings share it
/// copy-on-write and nothing can change it under them.
/// </summary>
public sealed class SharedMemoryFile : FileDescriptor
{
    private SharedMemoryFile(int fd, ulong bytes)
        : base(fd)
    {
        Bytes = bytes;
    }

    /// <summary>Size in bytes.</summary>
    public ulong Bytes { get; }

    /// <summary>Makes one, lets the caller fill it, and seals it.</summary>
    /// <param name="name">Shown in /proc; at most 200 ASCII characters.</param>
    /// <param name="bytes">Size in bytes, a multiple of the page size.</param>
    /// <param name="fill">Called once with all of the memory, which is zero.</param>
    /// <returns>The sealed memory.</returns>
    /// <exception cref="LinuxException">The host has no memory or descriptors left.</exception>
    public static unsafe SharedMemoryFile Create(string name, ulong bytes, Action<MappedRegion> fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        byte[] nameBytes = Encoding.ASCII.GetBytes(name + '\0');
        int fd;

        // SAFETY: the name is pinned and NUL-terminated for the length of the call.
        fixed (byte* pointer = nameBytes)
        {
            fd = Libc.memfd_create(pointer, Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING);
        }

        if (fd < 0)
        {
            throw LinuxException.FromLastError("memfd_create");
        }

        var file = new SharedMemoryFile(fd, bytes);
        try
        {
            if (Libc.ftruncate(fd, (long)bytes) != 0)
            {
                throw LinuxException.FromLastError("ftruncate");
            }

            using (var mapping = MappedRegion.MapShared(file, bytes))
            {
                fill(mapping);
            }

            const int Seals = Libc.F_SEAL_SEAL | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_WRITE;
            return Libc.fcntl(fd, Libc.F_ADD_SEALS, Seals) == 0
                ? file
                : throw LinuxException.FromLastError("sealing shared memory");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
