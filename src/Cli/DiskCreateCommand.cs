// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;

namespace Denali.Cli;

/// <summary>Makes a disk image of a directory: an ext2 file system.</summary>
internal static class DiskCreateCommand
{
    // If the estimate was too small for a strange directory, half as much again is tried so often.
    private const int AttemptMax = 4;

    /// <summary>Runs the command.</summary>
    /// <param name="image">The file to make.</param>
    /// <param name="directory">What goes into it.</param>
    /// <param name="bytes">Length of the image, or 0 to find one.</param>
    /// <param name="force">Whether an older file may be replaced.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">It cannot be made; then nothing is left of it.</exception>
    internal static int Execute(string image, string directory, ulong bytes, bool force)
    {
        string target = Path.GetFullPath(image);
        Check(image, target, directory, force);
        DiskContent content = DiskContent.Measure(directory);
        string temporary = $"{target}.{Environment.ProcessId}.new";
        try
        {
            long length = Make(directory, temporary, bytes, content);
            DiskTimes.Remove(temporary);
            File.Move(temporary, target, force);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{image}: {ByteSize.Format((ulong)length)}, {content.FileCount} files"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{image}' cannot be written ({e.Message}): check the path and its permissions");
        }
        finally
        {
            File.Delete(temporary);
        }

        return ExitStatus.Success;
    }

    private static void Check(string image, string target, string directory, bool force)
    {
        if (!Directory.Exists(directory))
        {
            throw new UsageException(File.Exists(directory)
                ? $"'{directory}' is a file: name a directory"
                : $"there is no directory '{directory}': name one that exists");
        }

        if (Directory.Exists(target))
        {
            throw new UsageException($"'{image}' is a directory: name the file to make");
        }

        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new UsageException($"there is no directory for '{image}': make it first");
        }

        if (File.Exists(target) && !force)
        {
            throw new UsageException($"'{image}' exists already: choose another name, or replace it with --force");
        }

        string inside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + Path.DirectorySeparatorChar;
        if (target.StartsWith(inside, StringComparison.Ordinal))
        {
            throw new UsageException(
                $"'{image}' would lie inside of '{directory}' and contain itself: put it elsewhere");
        }
    }

    private static long Make(string directory, string path, ulong bytes, DiskContent content)
    {
        bool isGiven = bytes != 0;
        long length = isGiven ? RoundUp((long)Math.Min(bytes, long.MaxValue / 2)) : content.ImageBytes;
        for (int attempt = 1; ; attempt++)
        {
            string? error = Mke2fs.Run(directory, path, length, content.InodeCount);
            if (error is null)
            {
                return length;
            }

            bool isTooSmall = error.Contains("allocate", StringComparison.Ordinal)
                || error.Contains("too small", StringComparison.Ordinal)
                || error.Contains("too big", StringComparison.Ordinal);
            if (!isTooSmall || isGiven || attempt == AttemptMax)
            {
                throw new UsageException(isTooSmall && isGiven
                    ? $"'{directory}' does not fit into {ByteSize.Format(bytes)}: raise --size to "
                        + $"{ByteSize.Format((ulong)content.ImageBytes)}, or leave it out"
                    : $"mke2fs could not make the image ({error}): see whether all files can be read and the disk has "
                        + "room");
            }

            File.Delete(path);
            length = RoundUp(length + (length / 2));
        }
    }

    private static long RoundUp(long bytes) =>
        (bytes + DiskContent.BlockBytes - 1) / DiskContent.BlockBytes * DiskContent.BlockBytes;
}
