// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Hardware;
using Microsoft.Win32.SafeHandles;

namespace Denali.Kernel.Disks;

/// <summary>
/// A file that is a disk. Any number of VMs may have it at once: the host's page cache holds one copy of it for all.
/// </summary>
/// <remarks>Any thread. Dispose it when the VMs that have it have ended; what they still read then fails.</remarks>
public sealed class DiskImage : IDisposable
{
    private DiskImage(SafeFileHandle handle, ulong sectorCount, bool isReadOnly)
    {
        Handle = handle;
        SectorCount = sectorCount;
        IsReadOnly = isReadOnly;
    }

    /// <summary>Size in sectors of <see cref="DiskEntry.SectorBytes"/>.</summary>
    public ulong SectorCount { get; }

    /// <summary>Whether VMs may only read it.</summary>
    public bool IsReadOnly { get; }

    internal SafeFileHandle Handle { get; }

    /// <summary>
    /// Whether it is worth asking the host for what it has in memory of the file. Its file system may not be able to
    /// say. Any thread.
    /// </summary>
    internal bool HasCache { get; set; } = true;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="isReadOnly">Whether VMs may only read it.</param>
    /// <returns>The disk.</returns>
    /// <exception cref="KernelException">It cannot be opened, or cannot be a disk; the message says what to
    /// do.</exception>
    public static DiskImage Open(string path, bool isReadOnly)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
        {
            throw new KernelException($"the disk '{path}' is a directory: make an image of it with denali disk create");
        }

        SafeFileHandle? handle = null;
        try
        {
            // Opening a pipe would wait for its other end. Like a device, it has no length.
            long bytes = new FileInfo(path).Length;
            if (bytes == 0 || bytes % DiskEntry.SectorBytes != 0)
            {
                throw new KernelException(bytes == 0
                    ? $"the disk '{path}' is empty or no regular file: make one with denali disk create"
                    : $"the disk '{path}' is no multiple of {DiskEntry.SectorBytes} bytes long: is it whole? If so, "
                        + $"lengthen it: truncate -s %{DiskEntry.SectorBytes} FILE");
            }

            handle = File.OpenHandle(
                path,
                FileMode.Open,
                isReadOnly ? FileAccess.Read : FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.RandomAccess);
            return new DiskImage(handle, (ulong)bytes / DiskEntry.SectorBytes, isReadOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            handle?.Dispose();
            string cure = isReadOnly
                ? "check the path and its permissions"
                : "check the path, or add ,ro to only read it";
            throw new KernelException($"the disk '{path}' cannot be opened ({e.Message}): {cure}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
