// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Denali.Control;
using Denali.Control.Disks;

namespace Denali.Cli;

/// <summary>Makes a disk image of a directory: an ext2 file system.</summary>
internal static class DiskCreateCommand
{
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
        using var interrupted = new CancellationTokenSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            (long length, long fileCount) = DiskImageBuilder.Build(directory, target, bytes, interrupted.Token);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{image}: {ByteCount.Format((ulong)length)}, {fileCount} files"));
        }
        catch (OperationCanceledException)
        {
            throw new UsageException("interrupted; nothing was made");
        }

        return ExitStatus.Success;
    }

    private static void Check(string image, string target, string directory, bool force)
    {
        DiskImageBuilder.CheckDirectory(directory);
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
}
