// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using Denali.Control;
using Denali.Files;
using Microsoft.Win32.SafeHandles;

namespace Denali.Cli;

/// <summary>Tells what is in a disk image.</summary>
internal static class DiskInfoCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">It cannot be read, or guests could not.</exception>
    internal static int Execute(string image)
    {
        try
        {
            if (!File.Exists(image) || new FileInfo(image).Length == 0)
            {
                throw new UsageException($"there is no disk image '{image}': name a file that denali disk create made");
            }

            using SafeFileHandle file = File.OpenHandle(image);
            var device = new FileBlockDevice(file);
            FileError error = Ext2Volume.TryMount(device.Cache, out Ext2Volume? volume);
            if (error != FileError.None)
            {
                _ = Ext2Volume.ReadSuperBlock(device.Cache, out Ext2SuperBlock refused);
                throw new UsageException($"'{image}': {Explain(error, refused)}");
            }

            Write(volume!.SuperBlock);
            return ExitStatus.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{image}' cannot be read ({e.Message}): check the path and its permissions");
        }
    }

    private static void Write(in Ext2SuperBlock super)
    {
        string size = ByteCount.Format((ulong)super.BlockCount * (uint)super.BlockBytes);
        string free = ByteCount.Format((ulong)super.FreeBlockCount * (uint)super.BlockBytes);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ext2, {size} in {super.BlockCount} blocks of {super.BlockBytes} bytes, {free} free"));
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{super.InodeCount} inodes, {super.InodeCount - Math.Min(super.FreeInodeCount, super.InodeCount)} used"));
    }

    private static string Explain(FileError error, in Ext2SuperBlock super) => error switch
    {
        FileError.NotFileSystem => "not an ext2 file system: make one with denali disk create",
        FileError.Unsupported => string.Create(
            CultureInfo.InvariantCulture,
            $"needs what guests do not know (incompatible features 0x{super.IncompatibleFeatures:x} or large blocks): ")
            + "make it with mke2fs -t ext2",
        FileError.Damaged => "damaged, or not whole: make it again, or repair it with e2fsck",
        _ => "cannot be read: look at the disk that it is on",
    };
}
