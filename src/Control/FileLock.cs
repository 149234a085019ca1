// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Control;

/// <summary>
/// A file that one process at a time holds, until it ends in whatever way. The file stays: whoever removed it could
/// take it from under another who holds it.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // EWOULDBLOCK: what flock answers for a file that another holds.
    private const int HeldByAnother = 11;

    private readonly FileStream _file;

    private FileLock(FileStream file)
    {
        _file = file;
    }

    /// <summary>Takes a lock, if nobody has it.</summary>
    /// <param name="path">The file; it is made if it is not there.</param>
    /// <returns>The lock, or null if another holds it.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    internal static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException e) when (e.HResult == HeldByAnother)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
