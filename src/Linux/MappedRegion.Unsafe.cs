// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>A range of this process's address space that is unmapped once, by whoever disposes it.</summary>
/// <remarks>Not safe for disposing while another thread uses the memory: the owner sees to that.</remarks>
public sealed unsafe class MappedRegion : SafeHandle
{
    private const int ReadWrite = Libc.PROT_READ | Libc.PROT_WRITE;

    private MappedRegion(void* address, ulong bytes)
        : base(-1, ownsHandle: true)
    {
        Bytes = bytes;
        SetHandle((nint)address);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <summary>First address.</summary>
    public nint Address => handle;

    /// <summary>Length in bytes.</summary>
    public ulong Bytes { get; }

    /// <summary>Maps zeroed memory that the host commits page by page when it is first touched.</summary>
    /// <param name="bytes">Length in bytes, a multiple of the page size.</param>
    /// <returns>The region, readable and writable.</returns>
    /// <exception cref="LinuxException">No address space is left.</exception>
    public static MappedRegion MapAnonymous(ulong bytes) =>
        Map(null, bytes, ReadWrite, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE, -1, "mmap");

    /// <summary>Maps a file so that writes reach it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">Length in bytes.</param>
    /// <returns>The region, readable and writable.</returns>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    public static MappedRegion MapShared(FileDescriptor file, ulong bytes)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Map(null, bytes, ReadWrite, Libc.MAP_SHARED, file.Fd, "mmap of a shared file");
    }

    /// <summary>Maps a sealed file for reading.</summary>
    /// <param name="file">The file; the mapping outlives it.</param>
    /// <returns>The region. Writing there is a fault of this process.</returns>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    // Private, because before Linux 6.7 a sealed file cannot be mapped as shared even for reading.
    public static MappedRegion MapReadOnly(SharedMemoryFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Map(null, file.Bytes, Libc.PROT_READ, Libc.MAP_PRIVATE, file.Fd, "mmap of a sealed file");
    }

    /// <summary>Lays a file's contents over a part of this region, copy-on-write.</summary>
    /// <param name="offset">Where in this region, a multiple of the page size.</param>
    /// <param name="file">The file; the mapping outlives it.</param>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    public void Overlay(ulong offset, SharedMemoryFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        Overlay(offset, file, 0, file.Bytes);
    }

    /// <summary>Lays a part of a file over a part of this region, copy-on-write.</summary>
    /// <param name="offset">Where in this region, a multiple of the page size.</param>
    /// <param name="file">The file; the mapping outlives it.</param>
    /// <param name="fileOffset">Where the part begins in the file, a multiple of the page size.</param>
    /// <param name="bytes">Length of the part, a multiple of the page size.</param>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    public void Overlay(ulong offset, SharedMemoryFile file, ulong fileOffset, ulong bytes)
    {
        ArgumentNullException.ThrowIfNull(file);
        Check(offset, bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fileOffset, file.Bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, file.Bytes - fileOffset);
        MapFixed(offset, bytes, Libc.MAP_PRIVATE | Libc.MAP_NORESERVE, file.Fd, fileOffset);
    }

    /// <summary>Makes a part of this region fresh, zeroed memory, whatever was mapped there.</summary>
    /// <param name="offset">Where in this region, a multiple of the page size.</param>
    /// <param name="bytes">Length in bytes.</param>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    public void Clear(ulong offset, ulong bytes)
    {
        Check(offset, bytes);
        MapFixed(offset, bytes, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE, -1);
    }

    /// <summary>Drops all private pages: the region reads again as what it was mapped from.</summary>
    /// <exception cref="LinuxException">The host refused.</exception>
    public void DropPrivatePages() => DropPrivatePages(0, Bytes);

    /// <summary>Drops the private pages of a part: it reads again as what it was mapped from.</summary>
    /// <param name="offset">Where in this region, a multiple of the page size.</param>
    /// <param name="bytes">Length in bytes.</param>
    /// <exception cref="LinuxException">The host refused.</exception>
    public void DropPrivatePages(ulong offset, ulong bytes)
    {
        Check(offset, bytes);

        // SAFETY: the range was checked to lie inside this mapping, which this object owns. The same holds for the
        // calls below.
        if (Libc.madvise((byte*)handle + offset, (nuint)bytes, Libc.MADV_DONTNEED) != 0)
        {
            throw LinuxException.FromLastError("madvise(MADV_DONTNEED)");
        }
    }

    /// <summary>Keeps the host from committing 2 MiB where one page is touched.</summary>
    public void DisableHugePages()
    {
        // A kernel without transparent huge pages refuses with EINVAL: then there is nothing to disable.
        // SAFETY: as above.
        _ = Libc.madvise((void*)handle, (nuint)Bytes, Libc.MADV_NOHUGEPAGE);
    }

    /// <summary>Turns writable memory into code.</summary>
    /// <exception cref="LinuxException">The host's policy forbids it.</exception>
    public void MakeExecutable()
    {
        // SAFETY: as above.
        if (Libc.mprotect((void*)handle, (nuint)Bytes, Libc.PROT_READ | Libc.PROT_EXEC) != 0)
        {
            throw LinuxException.FromLastError("mprotect(PROT_EXEC)");
        }
    }

    /// <summary>Part of the region as a span. Valid until the region is disposed.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">Length in bytes.</param>
    /// <returns>The bytes.</returns>
    public Span<byte> Slice(ulong offset, int bytes)
    {
        Check(offset, (ulong)bytes);

        // SAFETY: the range was checked to lie inside the mapping.
        return new Span<byte>((byte*)handle + offset, bytes);
    }

    internal static MappedRegion Map(void* at, ulong bytes, int protection, int flags, int fd, string operation)
    {
        // SAFETY: without MAP_FIXED the kernel chooses addresses that are free.
        void* address = Libc.mmap(at, (nuint)bytes, protection, flags, fd, 0);
        return (nint)address == -1
            ? throw LinuxException.FromLastError($"{operation} ({bytes} bytes)")
            : new MappedRegion(address, bytes);
    }

    /// <inheritdoc/>
    // SAFETY: as above; the owner sees to it that nobody uses the memory any more.
    protected override bool ReleaseHandle() => Libc.munmap((void*)handle, (nuint)Bytes) == 0;

    private void MapFixed(ulong offset, ulong bytes, int flags, int fd, ulong fileOffset = 0)
    {
        if (bytes == 0)
        {
            return;
        }

        // SAFETY: the range was checked to lie inside this mapping, which this object owns.
        void* address = Libc.mmap(
            (byte*)handle + offset, (nuint)bytes, ReadWrite, flags | Libc.MAP_FIXED, fd, (long)fileOffset);
        if ((nint)address == -1)
        {
            throw LinuxException.FromLastError($"mmap over a region ({bytes} bytes)");
        }
    }

    private void Check(ulong offset, ulong bytes)
    {
        if (offset > Bytes || bytes > Bytes - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), "The range reaches outside the region.");
        }
    }
}
