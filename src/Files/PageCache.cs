// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Files;

/// <summary>
/// The sectors of a disk that were used lately, in a fixed number of frames. Which page gives way is decided by the
/// clock algorithm: a hand goes around and takes the first page that was not used since it last came by.
/// </summary>
/// <remarks>
/// <para>The hand gives out frames in order, so what is read in a row lies in a row in memory, and goes from the disk
/// and to a network in large pieces.</para>
/// <para>A thread pins one page at a time, and briefly; it may wait while it has none. Holding a page lasts as long as
/// a network needs it; so many frames are never held that all pinning threads could not go on.</para>
/// <para>Any thread; the device has the lock.</para>
/// </remarks>
public sealed class PageCache
{
    /// <summary>Fewest frames: some that can be held, and those that cannot.</summary>
    public const int FrameMin = 16;

    /// <summary>The frame that is all zeros, for the holes of files.</summary>
    internal const int ZeroFrame = 0;

    private const int None = 0;

    // A part of the frames can never be held, so that reading goes on when a network holds all it may.
    private const int UnheldShare = 4;

    private readonly BlockDevice _device;
    private readonly PageFrame[] _frames;
    private readonly int[] _buckets;
    private int _hand;
    private int _held;
    private int _starving;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="device">The disk, and the memory for its sectors.</param>
    public PageCache(BlockDevice device)
    {
        _device = device;
        _frames = new PageFrame[device.FrameCount];
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)device.FrameCount)];
        device.Frames(ZeroFrame, 1).Clear();
        _frames[ZeroFrame].State = PageState.Loaded;
        _frames[ZeroFrame].Pins = 1;
    }

    /// <summary>Size of the disk in sectors.</summary>
    public ulong SectorCount => _device.SectorCount;

    /// <summary>Frames in all.</summary>
    public int FrameCount => _frames.Length;

    /// <summary>Frames that are held.</summary>
    public int HeldCount => _held;

    /// <summary>Most frames that can be held at once.</summary>
    public int HeldMax => _frames.Length - (_frames.Length / UnheldShare);

    /// <summary>Sectors that were found in the cache.</summary>
    public ulong HitCount { get; private set; }

    /// <summary>Sectors that had to be read first, and were waited for.</summary>
    public ulong MissCount { get; private set; }

    /// <summary>Gives held bytes back. Nobody may look at them any more.</summary>
    /// <param name="held">What was held; afterwards it is empty.</param>
    public void Release(ref HeldBytes held)
    {
        _device.Lock();
        for (int i = 0; i < held.FrameCount; i++)
        {
            ref PageFrame frame = ref _frames[held.Frame + i];
            frame.Holds--;
            if (frame.Holds == 0)
            {
                _held--;
                WakeStarving();
            }
        }

        held = default;
        _device.Unlock();
    }

    /// <summary>Held bytes.</summary>
    /// <param name="held">What is held.</param>
    /// <returns>The bytes, valid until they are released.</returns>
    public ReadOnlySpan<byte> Bytes(scoped in HeldBytes held) => held.Length == 0
        ? default
        : _device.Frames(held.Frame, held.FrameCount).Slice(held.Offset, held.Length);

    /// <summary>Reading has ended. The caller has the device's lock.</summary>
    /// <param name="first">The first frame.</param>
    /// <param name="count">How many.</param>
    /// <param name="isGood">Whether they hold the sectors now.</param>
    public void Complete(int first, int count, bool isGood)
    {
        for (int i = first; i < first + count; i++)
        {
            ref PageFrame frame = ref _frames[i];
            if (isGood)
            {
                frame.State = PageState.Loaded;
                continue;
            }

            Remove(i);
            frame.State = frame.Pins == 0 ? PageState.Empty : PageState.Failed;
        }
    }

    /// <summary>Finds or reads a sector, and keeps its page from being taken away.</summary>
    /// <param name="sector">The sector.</param>
    /// <param name="frame">Its frame, to be unpinned.</param>
    /// <returns>No error, or that there is no such sector or it cannot be read; then nothing is pinned.</returns>
    internal FileError Pin(ulong sector, out int frame)
    {
        frame = None;
        if (sector >= _device.SectorCount)
        {
            return FileError.Damaged;
        }

        _device.Lock();
        FileError error = PinInside(sector, out frame);
        _device.Unlock();
        return error;
    }

    /// <summary>Lets a page go.</summary>
    /// <param name="frame">What <see cref="Pin"/> gave.</param>
    internal void Unpin(int frame)
    {
        _device.Lock();
        UnpinInside(frame);
        _device.Unlock();
    }

    /// <summary>The bytes of a pinned page.</summary>
    internal ReadOnlySpan<byte> PageOf(int frame) => _device.Frames(frame, 1);

    /// <summary>Turns a pin into a hold.</summary>
    /// <param name="frame">A pinned frame, or that of zeros. It is not pinned any more in either case.</param>
    /// <returns>False if too many frames are held.</returns>
    internal bool TryHold(int frame)
    {
        _device.Lock();
        ref PageFrame page = ref _frames[frame];
        bool isHeld = page.Holds != 0 || _held < HeldMax;
        if (isHeld)
        {
            _held += page.Holds == 0 ? 1 : 0;
            page.Holds++;
        }

        if (frame != ZeroFrame)
        {
            UnpinInside(frame);
        }

        _device.Unlock();
        return isHeld;
    }

    /// <summary>Starts to read sectors that are not there, without waiting for them.</summary>
    /// <param name="sector">The first.</param>
    /// <param name="count">How many.</param>
    internal void ReadAhead(ulong sector, int count)
    {
        _device.Lock();
        ulong end = Math.Min(sector + (ulong)count, _device.SectorCount);
        bool goesOn = true;
        while (sector < end && goesOn)
        {
            if (Find(sector) == None)
            {
                goesOn = StartRun(sector, (int)Math.Min(end - sector, BlockDevice.ReadMax), out int taken);
                sector += (ulong)taken;
            }
            else
            {
                sector++;
            }
        }

        _device.Unlock();
    }

    private FileError PinInside(ulong sector, out int frame)
    {
        FileError error = PinOnce(sector, out frame, out bool isOwn);

        // If reading ahead failed, another sector may be the cause.
        return error == FileError.None || isOwn ? error : PinOnce(sector, out frame, out _);
    }

    private FileError PinOnce(ulong sector, out int frame, out bool isOwn)
    {
        isOwn = false;
        frame = Find(sector);
        if (frame == None)
        {
            MissCount++;
            isOwn = StartOrWait(sector);
            frame = Find(sector);
            if (frame == None)
            {
                // It was read at once, and that failed.
                return FileError.InputOutput;
            }
        }
        else
        {
            HitCount++;
        }

        ref PageFrame page = ref _frames[frame];
        page.Pins++;
        page.IsReferenced = true;
        while (page.State == PageState.Loading)
        {
            _device.Wait();
        }

        if (page.State == PageState.Loaded)
        {
            return FileError.None;
        }

        UnpinInside(frame);
        frame = None;
        return FileError.InputOutput;
    }

    /// <summary>Starts to read a sector, as soon as that can be done.</summary>
    /// <returns>False if somebody else was faster.</returns>
    private bool StartOrWait(ulong sector)
    {
        while (!StartRun(sector, 1, out _))
        {
            // Everything is in use just now, or the device has enough to do.
            _starving++;
            _device.Wait();
            _starving--;
            if (Find(sector) != None)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Starts to read sectors that are not there into frames that follow each other.</summary>
    /// <param name="sector">The first.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="taken">How many it became.</param>
    /// <returns>Whether it was started; if not, no frame is free, or the device has enough to do.</returns>
    private bool StartRun(ulong sector, int most, out int taken)
    {
        taken = 0;
        int first = TakeFree();
        if (first == None)
        {
            return false;
        }

        Insert(first, sector);
        int count = 1;
        while (count < most && Find(sector + (ulong)count) == None && TryTakeNext(first + count))
        {
            Insert(first + count, sector + (ulong)count);
            count++;
        }

        if (!_device.TryStartRead(sector, first, count))
        {
            for (int i = first; i < first + count; i++)
            {
                Remove(i);
                _frames[i].State = PageState.Empty;
            }

            return false;
        }

        taken = count;
        return true;
    }

    private int TakeFree()
    {
        // Twice around: the first round may only find that every page was used.
        for (int steps = 2 * _frames.Length; steps > 0; steps--)
        {
            _hand = _hand + 1 == _frames.Length ? ZeroFrame + 1 : _hand + 1;
            if (TryEmpty(_hand))
            {
                return _hand;
            }
        }

        return None;
    }

    // The page that the hand would come to next.
    private bool TryTakeNext(int frame)
    {
        if (frame >= _frames.Length || !TryEmpty(frame))
        {
            return false;
        }

        _hand = frame;
        return true;
    }

    private bool TryEmpty(int index)
    {
        ref PageFrame frame = ref _frames[index];
        if (frame.Pins != 0 || frame.Holds != 0 || frame.State == PageState.Loading)
        {
            return false;
        }

        if (frame.IsReferenced)
        {
            frame.IsReferenced = false;
            return false;
        }

        if (frame.State == PageState.Loaded)
        {
            Remove(index);
            frame.State = PageState.Empty;
        }

        return true;
    }

    private void UnpinInside(int index)
    {
        ref PageFrame frame = ref _frames[index];
        frame.Pins--;
        if (frame.Pins != 0)
        {
            return;
        }

        if (frame.State == PageState.Failed)
        {
            frame.State = PageState.Empty;
        }

        WakeStarving();
    }

    private void WakeStarving()
    {
        if (_starving != 0)
        {
            _device.Wake();
        }
    }

    private ref int BucketOf(ulong sector) => ref _buckets[(int)(sector & (uint)(_buckets.Length - 1))];

    private int Find(ulong sector)
    {
        int frame = BucketOf(sector);
        while (frame != None && _frames[frame].Sector != sector)
        {
            frame = _frames[frame].Next;
        }

        return frame;
    }

    private void Insert(int index, ulong sector)
    {
        ref PageFrame frame = ref _frames[index];
        ref int bucket = ref BucketOf(sector);
        frame.Sector = sector;
        frame.State = PageState.Loading;
        frame.Next = bucket;
        bucket = index;
    }

    private void Remove(int index)
    {
        ref int link = ref BucketOf(_frames[index].Sector);
        while (link != index)
        {
            link = ref _frames[link].Next;
        }

        link = _frames[index].Next;
    }
}
