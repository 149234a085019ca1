// SPDX-License-Identifier: MIT
using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Control.Disks;

/// <summary>Runs mke2fs of the package e2fsprogs, which makes file systems.</summary>
internal static class Mke2fs
{
    private const string Tool = "mke2fs";

    // What makes two images of the same files alike: no identity of their own, and one time for all.
    private const string Identity = "64656e61-6c69-4000-8000-000000000000";
    private const string TimeVariable = "E2FSPROGS_FAKE_TIME";
    private const string EpochVariable = "SOURCE_DATE_EPOCH";

    /// <summary>Makes an image of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="path">The image; there must be none.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="inodeCount">How many files and directories it can hold.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null, or what mke2fs said about why it could not.</returns>
    /// <exception cref="ControlException">There is no mke2fs.</exception>
    /// <exception cref="OperationCanceledException">It was given up, and has ended.</exception>
    internal static string? Run(
        string directory, string path, long bytes, long inodeCount, CancellationToken cancellation)
    {
        using Process process = Start(directory, path, bytes, inodeCount);
        using (cancellation.UnsafeRegister(static state => ((Process)state!).Kill(), process))
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            string errors = process.StandardError.ReadToEnd();
            output.Wait(CancellationToken.None);
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return process.ExitCode == 0
                ? null
                : errors.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0)
                    ?? $"{Tool} ended with {process.ExitCode}";
        }
    }

    private static Process Start(string directory, string path, long bytes, long inodeCount)
    {
        var start = new ProcessStartInfo(Find())
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        string inodes = inodeCount.ToString(CultureInfo.InvariantCulture);
        string blocks = (bytes / DiskContent.BlockBytes).ToString(CultureInfo.InvariantCulture);
        string blockBytes = DiskContent.BlockBytes.ToString(CultureInfo.InvariantCulture);
        string inodeBytes = DiskContent.InodeBytes.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "-q", "-F", "-t", "ext2", "-b", blockBytes, "-N", inodes, "-I", inodeBytes, "-m", "0",
            "-O", "^resize_inode", "-U", Identity, "-E", $"hash_seed={Identity}", "-d", directory, path, blocks,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment[TimeVariable] = Environment.GetEnvironmentVariable(EpochVariable)
            ?? new DateTimeOffset(Directory.GetLastWriteTimeUtc(directory)).ToUnixTimeSeconds()
                .ToString(CultureInfo.InvariantCulture);
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ControlException($"{Tool} does not start ({e.Message}): install the package e2fsprogs");
        }
    }

    private static string Find()
    {
        string paths = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        return paths.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Tool))
            .FirstOrDefault(File.Exists)
            ?? throw new ControlException($"{Tool} is missing: install the package e2fsprogs");
    }
}
