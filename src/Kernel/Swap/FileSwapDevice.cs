// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace Denali.Kernel.Swap;

/// <summary>A swap device that is a file of the host, locked against other kernels.</summary>
internal sealed class FileSwapDevice : ISwapDevice
{
    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="KernelException">It cannot be opened; the message says what to do.</exception>
    internal FileSwapDevice(string path)
    {
        try
        {
            // What VMs have in their memory is nobody else's business.
            _file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.RandomAccess,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            _handle = _file.SafeFileHandle;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KernelException(
                $"the swap file '{path}' cannot be opened ({e.Message}): "
                + "name another, or end the kernel that uses it");
        }
    }

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(long offset, Span<byte> bytes) => RandomAccess.Read(_handle, bytes, offset);

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    public void Clear() => RandomAccess.SetLength(_handle, 0);

    public void Flush() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _file.Dispose();
}
