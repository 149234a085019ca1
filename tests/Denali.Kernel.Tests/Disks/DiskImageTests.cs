// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Kernel.Disks;
using Xunit;

namespace Denali.Kernel.Tests.Disks;

/// <summary>What cannot be a disk is refused with the cause and what to do.</summary>
public sealed class DiskImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-disk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("missing", -1, "cannot be opened")]
    [InlineData("empty", 0, "empty")]
    [InlineData("odd", 4095, "no multiple of 4096")]
    [InlineData("odd", 4097, "no multiple of 4096")]
    public void Open_NoDisk_IsRefused(string name, int bytes, string message)
    {
        string path = Path.Combine(_folder, name);
        if (bytes >= 0)
        {
            File.WriteAllBytes(path, new byte[bytes]);
        }

        KernelException refusal = Assert.Throws<KernelException>(() => DiskImage.Open(path, isReadOnly: true));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Directory_SaysHowToMakeAnImageOfIt()
    {
        KernelException refusal = Assert.Throws<KernelException>(() => DiskImage.Open(_folder, isReadOnly: true));

        Assert.Contains("denali disk create", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_File_HasItsSize()
    {
        string path = Path.Combine(_folder, "disk");
        File.WriteAllBytes(path, new byte[3 * 4096]);

        using DiskImage disk = DiskImage.Open(path, isReadOnly: false);

        Assert.Equal((3ul, false), (disk.SectorCount, disk.IsReadOnly));
    }
}
