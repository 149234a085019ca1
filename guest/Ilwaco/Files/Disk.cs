// SPDX-License-Identifier: MIT
using System;
using Denali.Files;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>A disk of this VM, with the pages that its sectors are kept in.</summary>
internal sealed unsafe class Disk : BlockDevice
{
    private readonly uint _index;
    private readonly byte* _frames;

    /// <summary>Opens a disk.</summary>
    /// <param name="index">Its index in the disk table.</param>
    /// <param name="frames">Pages in a row.</param>
    /// <param name="frameCount">How many.</param>
    internal Disk(uint index, byte* frames, int frameCount)
    {
        _index = index;
        _frames = frames;
        FrameCount = frameCount;
        DiskRings.Start();
        Cache = new PageCache(this);
    }

    /// <inheritdoc/>
    /// <remarks>Read anew each time: the cache may be older than the disk.</remarks>
    public override ulong SectorCount => (&VirtualRegisters.Page->Disk0)[_index].SectorCount;

    /// <inheritdoc/>
    public override int FrameCount { get; }

    /// <summary>Its pages.</summary>
    internal PageCache Cache { get; }

    /// <inheritdoc/>
    public override Span<byte> Frames(int first, int count) =>
        new(_frames + ((ulong)(uint)first * SectorBytes), count * SectorBytes);

    /// <inheritdoc/>
    public override bool TryStartRead(ulong sector, int frame, int count)
    {
        var request = new DiskRequest
        {
            Operation = DiskOperation.Read,
            DiskIndex = _index,
            Sector = sector,
            Address = (ulong)(_frames + ((ulong)(uint)frame * SectorBytes)),
            SectorCount = (uint)count,
        };
        return DiskRings.TryStart(request, this, frame);
    }

    /// <inheritdoc/>
    public override void Lock() => DiskRings.Lock();

    /// <inheritdoc/>
    public override void Unlock() => DiskRings.Unlock();

    /// <inheritdoc/>
    public override void Wait() => DiskRings.Wait();

    /// <inheritdoc/>
    public override void Wake() => DiskRings.Wake();
}
