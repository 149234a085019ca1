// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Hardware;
using Denali.Kernel.Disks;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>A disk of random bytes in a temporary file.</summary>
internal sealed class TestImage : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-disk-").FullName;

    internal TestImage(int sectors = 256, bool isReadOnly = true, int seed = 1)
    {
        Content = new byte[sectors * (int)DiskEntry.SectorBytes];
        new Random(seed).NextBytes(Content);
        File.WriteAllBytes(Path, Content);
        Disk = DiskImage.Open(Path, isReadOnly);
    }

    internal string Path => System.IO.Path.Combine(_folder, "image");

    internal byte[] Content { get; }

    internal DiskImage Disk { get; }

    /// <summary>Sectors as they were at first.</summary>
    internal byte[] Sectors(ulong first, uint count) => Content.AsSpan(
        (int)(first * DiskEntry.SectorBytes), (int)(count * DiskEntry.SectorBytes)).ToArray();

    public void Dispose()
    {
        Disk.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
