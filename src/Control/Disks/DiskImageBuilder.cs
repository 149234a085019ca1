// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;

namespace Denali.Control.Disks;

/// <summary>Makes disk images of directories: ext2 file systems, the same bytes for the same files.</summary>
/// <remarks>Any thread. It takes as long as reading the files does.</remarks>
public static class DiskImageBuilder
{
    // If the estimate was too small for a strange directory, half as much again is tried so often.
    private const int AttemptMax = 4;

    /// <summary>Makes an image.</summary>
    /// <param name="directory">What goes into it.</param>
    /// <param name="path">The file to make. One that is there is replaced once the new one is whole.</param>
    /// <param name="bytes">Length of the image, or 0 to find one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Length of the image in bytes, and how many files are in it.</returns>
    /// <exception cref="ControlException">It cannot be made; then nothing is left of it.</exception>
    /// <exception cref="OperationCanceledException">It was given up; then nothing is left of it.</exception>
    public static (long Bytes, long FileCount) Build(
        string directory, string path, ulong bytes, CancellationToken cancellation)
    {
        CheckDirectory(directory);
        DiskContent content = DiskContent.Measure(directory);
        string temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            long length = Make(directory, temporary, bytes, content, cancellation);
            DiskTimes.Remove(temporary);
            File.Move(temporary, path, overwrite: true);
            return (length, content.FileCount);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"'{path}' cannot be written ({e.Message}): check the path and its permissions", e);
        }
        finally
        {
            Discard(temporary);
        }
    }

    /// <summary>Checks that a directory is there and can be listed.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="ControlException">It is not.</exception>
    public static void CheckDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new ControlException(File.Exists(directory)
                ? $"'{directory}' is a file: name a directory"
                : $"there is no directory '{directory}': name one that exists");
        }

        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(directory).GetEnumerator();
            _ = entries.MoveNext();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException($"'{directory}' cannot be read ({e.Message}): check its permissions", e);
        }
    }

    private static long Make(
        string directory, string path, ulong bytes, DiskContent content, CancellationToken cancellation)
    {
        bool isGiven = bytes != 0;
        long length = isGiven ? RoundUp((long)Math.Min(bytes, long.MaxValue / 2)) : content.ImageBytes;
        for (int attempt = 1; ; attempt++)
        {
            string? error = Mke2fs.Run(directory, path, length, content.InodeCount, cancellation);
            if (error is null)
            {
                return length;
            }

            bool isTooSmall = error.Contains("allocate", StringComparison.Ordinal)
                || error.Contains("too small", StringComparison.Ordinal)
                || error.Contains("too big", StringComparison.Ordinal);
            if (!isTooSmall || isGiven || attempt == AttemptMax)
            {
                throw new ControlException(isTooSmall && isGiven
                    ? $"'{directory}' does not fit into {ByteCount.Format(bytes)}: raise --size to "
                        + $"{ByteCount.Format((ulong)content.ImageBytes)}, or leave it out"
                    : $"mke2fs could not make an image of '{directory}' ({error}): see whether all files can be read "
                        + "and the disk has room");
            }

            File.Delete(path);
            length = RoundUp(length + (length / 2));
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It takes room, and nothing else. Perhaps the folder is gone, and it with that.
        }
    }

    private static long RoundUp(long bytes) =>
        (bytes + DiskContent.BlockBytes - 1) / DiskContent.BlockBytes * DiskContent.BlockBytes;
}
