// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Files;
using Microsoft.Win32.SafeHandles;

namespace Denali.Cli;

/// <summary>A file as a disk, for looking into an image. One thread.</summary>
internal sealed class FileBlockDevice : BlockDevice
{
    private readonly SafeFileHandle _file;
    private readonly byte[] _frames = new byte[PageCache.FrameMin * SectorBytes];

    internal FileBlockDevice(SafeFileHandle file)
    {
        _file = file;
        SectorCount = (ulong)RandomAccess.GetLength(file) / SectorBytes;
        Cache = new PageCache(this);
    }

    /// <inheritdoc/>
    public override ulong SectorCount { get; }

    /// <inheritdoc/>
    public override int FrameCount => PageCache.FrameMin;

    internal PageCache Cache { get; }

    /// <inheritdoc/>
    public override Span<byte> Frames(int first, int count) =>
        _frames.AsSpan(first * SectorBytes, count * SectorBytes);

    /// <inheritdoc/>
    public override bool TryStartRead(ulong sector, int frame, int count)
    {
        bool isGood;
        try
        {
            int bytes = RandomAccess.Read(_file, Frames(frame, count), (long)sector * SectorBytes);
            isGood = bytes == count * SectorBytes;
        }
        catch (IOException)
        {
            isGood = false;
        }

        Cache.Complete(frame, count, isGood);
        return true;
    }

    /// <inheritdoc/>
    public override void Lock()
    {
    }

    /// <inheritdoc/>
    public override void Unlock()
    {
    }

    /// <inheritdoc/>
    public override void Wait()
    {
    }

    /// <inheritdoc/>
    public override void Wake()
    {
    }
}
