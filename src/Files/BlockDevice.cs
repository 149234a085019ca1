// SPDX-License-Identifier: MIT
using System;

namespace Denali.Files;

/// <summary>
/// A disk as the page cache uses it: sectors are read into frames, which are the cache's memory. Reading is
/// asynchronous; the device also has the lock and the place to wait, because these belong to the system around it.
/// </summary>
/// <remarks>All methods but <see cref="Lock"/> are called by whoever has the lock.</remarks>
public abstract class BlockDevice
{
    /// <summary>Bytes in a sector, in a frame and in a page of the cache.</summary>
    public const int SectorBytes = 4096;

    /// <summary>Most sectors of one read.</summary>
    public const int ReadMax = 16;

    /// <summary>Size of the disk in sectors.</summary>
    public abstract ulong SectorCount { get; }

    /// <summary>
    /// Frames in all; the first is the cache's page of zeros. At least <see cref="PageCache.FrameMin"/>.
    /// </summary>
    public abstract int FrameCount { get; }

    /// <summary>The memory of frames that follow each other. Any thread, without the lock.</summary>
    /// <param name="first">The first frame.</param>
    /// <param name="count">How many.</param>
    /// <returns>Their bytes, in one piece.</returns>
    public abstract Span<byte> Frames(int first, int count);

    /// <summary>
    /// Starts to read sectors into frames. When it is done, <see cref="PageCache.Complete"/> is called with the lock,
    /// in this call or during a later <see cref="Wait"/>.
    /// </summary>
    /// <param name="sector">The first sector; all are inside of the disk.</param>
    /// <param name="frame">The first frame.</param>
    /// <param name="count">How many of both, 1 to <see cref="ReadMax"/>.</param>
    /// <returns>False if too much is going on already; nothing was started.</returns>
    public abstract bool TryStartRead(ulong sector, int frame, int count);

    /// <summary>Takes the lock.</summary>
    public abstract void Lock();

    /// <summary>Gives the lock back.</summary>
    public abstract void Unlock();

    /// <summary>Lets others have the lock until a read may have completed or <see cref="Wake"/> was called.</summary>
    public abstract void Wait();

    /// <summary>Ends the waiting of all threads in <see cref="Wait"/>.</summary>
    public abstract void Wake();
}
