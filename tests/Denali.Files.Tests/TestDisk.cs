// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;

namespace Denali.Files.Tests;

/// <summary>A disk in memory. Reads complete in <see cref="Wait"/>, or at once.</summary>
internal sealed class TestDisk : BlockDevice
{
    private readonly byte[] _image;
    private readonly byte[] _frames;
    private readonly Queue<(ulong Sector, int Frame, int Count)> _reads = new();
    private readonly object _gate = new();

    internal TestDisk(byte[] image, int frames = 256, int queueMax = 64, bool isImmediate = false)
    {
        _image = image;
        _frames = new byte[frames * SectorBytes];
        _frames.AsSpan().Fill(0xEE);
        QueueMax = queueMax;
        IsImmediate = isImmediate;
        FrameCount = frames;
        Cache = new PageCache(this);
    }

    public override ulong SectorCount => (ulong)(_image.Length / SectorBytes);

    public override int FrameCount { get; }

    internal PageCache Cache { get; }

    internal int QueueMax { get; }

    internal bool IsImmediate { get; }

    /// <summary>Whether a sector can be read.</summary>
    internal Func<ulong, bool> IsReadable { get; set; } = _ => true;

    /// <summary>Reads that were started.</summary>
    internal int ReadCount { get; private set; }

    /// <summary>Sectors that were read.</summary>
    internal int SectorsRead { get; private set; }

    public override Span<byte> Frames(int first, int count) =>
        _frames.AsSpan(first * SectorBytes, count * SectorBytes);

    public override bool TryStartRead(ulong sector, int frame, int count)
    {
        if (_reads.Count == QueueMax)
        {
            return false;
        }

        if (count is < 1 or > ReadMax || frame < 1 || frame + count > FrameCount
            || sector + (ulong)count > SectorCount)
        {
            throw new InvalidOperationException("an impossible read");
        }

        ReadCount++;
        SectorsRead += count;
        _reads.Enqueue((sector, frame, count));
        if (IsImmediate)
        {
            CompleteFirst();
        }

        return true;
    }

    public override void Lock() => Monitor.Enter(_gate);

    public override void Unlock() => Monitor.Exit(_gate);

    public override void Wait()
    {
        if (_reads.Count > 0)
        {
            CompleteFirst();
            Monitor.PulseAll(_gate);
        }
        else if (!Monitor.Wait(_gate, TimeSpan.FromSeconds(30)))
        {
            throw new InvalidOperationException("nothing is going on that could be waited for");
        }
    }

    public override void Wake() => Monitor.PulseAll(_gate);

    private void CompleteFirst()
    {
        (ulong sector, int frame, int count) = _reads.Dequeue();
        bool isGood = true;
        for (int i = 0; i < count; i++)
        {
            isGood &= IsReadable(sector + (ulong)i);
        }

        if (isGood)
        {
            _image.AsSpan((int)sector * SectorBytes, count * SectorBytes).CopyTo(Frames(frame, count));
        }

        Cache.Complete(frame, count, isGood);
    }
}
