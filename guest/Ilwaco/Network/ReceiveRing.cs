// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Hardware;
using Denali.Net;

namespace Ilwaco;

/// <summary>The NIC's receive ring: empty buffers for the kernel, frames for the stack.</summary>
/// <remarks>
/// <para>A VM costs what it touches, and a ring uses all its buffers in turn. So a VM that receives little posts only
/// as much as the largest frame needs. When more than that comes at once, a larger region takes its place, until the
/// network has been quiet.</para>
/// <para>The buffers lie in memory in the order in which the kernel fills them. So a frame that fills several is in one
/// piece, unless it goes around the end of the region: then it is put together in a buffer of its own.</para>
/// <para>Under the network's lock.</para>
/// </remarks>
internal sealed unsafe class ReceiveRing
{
    private const uint EntryCount = 128;
    private const uint CalmBytes = 2048;
    private const uint CalmWindow = NicDescriptor.FrameMaxBytes / CalmBytes;
    private const uint BusyBytes = 16384;
    private const uint RingBytes = RingHeader.SizeOf + (EntryCount * NicDescriptor.SizeOf);

    // If so many of the calm buffers were filled at once, the sender probably waited for more.
    private const uint BusyAfter = CalmWindow / 2;

    private readonly RingHeader* _header;
    private readonly NicDescriptor* _entries;
    private readonly byte* _calm;
    private byte* _busy;
    private byte* _whole;
    private uint _next;
    private uint _busyFrom;

    internal ReceiveRing()
    {
        byte* memory = (byte*)Heap.Allocate(RingBytes);
        _header = (RingHeader*)memory;
        _entries = (NicDescriptor*)(memory + RingHeader.SizeOf);
        _calm = (byte*)PageAllocator.TryAllocate(CalmWindow * CalmBytes / PageAllocator.PageBytes);
        if (_calm == null)
        {
            Panic.OutOfMemory(CalmWindow * CalmBytes);
        }

        Post(0);
        VirtualRegisters.Page->NicReceiveEntries = EntryCount;
        Volatile.Write(ref VirtualRegisters.Page->NicReceiveRing, (ulong)memory);
    }

    /// <summary>Frames that were received.</summary>
    internal ulong FrameCount { get; private set; }

    /// <summary>Hands what has arrived to the stack, and the buffers back to the kernel.</summary>
    internal void Drain(NetworkStack stack, ulong nowNs)
    {
        uint arrived = Volatile.Read(ref _header->Consumer);
        uint posted = _header->Producer;
        if (arrived == _next)
        {
            return;
        }

        if (_busy == null && arrived - _next >= BusyAfter)
        {
            // What is posted stays as it is; what is posted from now on lies in the larger region.
            _busy = (byte*)PageAllocator.TryAllocate(EntryCount * BusyBytes / PageAllocator.PageBytes);
            _busyFrom = posted;
        }

        while (_next != arrived)
        {
            Receive(stack, arrived, nowNs);
        }

        Post(posted);
    }

    /// <summary>Whether <see cref="Calm"/> has nothing to give back.</summary>
    internal bool IsCalm => _busy == null && _whole == null;

    /// <summary>The network is quiet: the larger region goes back.</summary>
    internal void Calm()
    {
        if (_whole != null)
        {
            PageAllocator.Free(_whole);
            _whole = null;
        }

        if (_busy == null || !TryTakeBack())
        {
            return;
        }

        PageAllocator.Free(_busy);
        _busy = null;
        Post(_next);
    }

    /// <summary>
    /// Takes back the buffers that the kernel has not filled. It looks only while the VM does not run, but that may be
    /// between any two instructions: what it has filled since the ring was drained stays, and so do the others then.
    /// </summary>
    /// <returns>False if frames have come. Their interrupt is pending.</returns>
    private bool TryTakeBack()
    {
        if (Volatile.Read(ref _header->Consumer) != _next)
        {
            return false;
        }

        uint posted = Interlocked.Exchange(ref _header->Producer, _next);
        if (Volatile.Read(ref _header->Consumer) == _next)
        {
            return true;
        }

        Volatile.Write(ref _header->Producer, posted);
        return false;
    }

    /// <summary>Posts buffers from an entry on, as many as the state allows.</summary>
    private void Post(uint from)
    {
        uint end = _next + (_busy == null ? CalmWindow : EntryCount);
        for (uint index = from; index != end; index++)
        {
            ref NicDescriptor entry = ref _entries[index % EntryCount];
            entry = default;
            bool isBusy = _busy != null && index - _busyFrom < int.MaxValue;
            entry.Address = (ulong)(isBusy
                ? _busy + (index % EntryCount * BusyBytes)
                : _calm + (index % CalmWindow * CalmBytes));
            entry.LengthBytes = isBusy ? BusyBytes : CalmBytes;
        }

        Volatile.Write(ref _header->Producer, end);
    }

    private void Receive(NetworkStack stack, uint arrived, ulong nowNs)
    {
        ref NicDescriptor first = ref _entries[_next % EntryCount];
        var offload = new FrameOffload
        {
            IsChecksumPartial = (first.Flags & NicFlags.ChecksumPartial) != 0,
            IsChecksumGood = (first.Flags & NicFlags.ChecksumGood) != 0,
            ChecksumStart = first.ChecksumStart,
            ChecksumOffset = first.ChecksumOffset,
            SegmentBytes = first.SegmentBytes,
            HeaderBytes = first.HeaderBytes,
        };
        byte* frame = (byte*)first.Address;
        uint length = first.LengthBytes;
        uint start = _next;
        bool isWhole = true;
        bool hasMore = (first.Flags & NicFlags.More) != 0;
        _next++;
        while (hasMore && _next != arrived)
        {
            ref NicDescriptor entry = ref _entries[_next % EntryCount];
            isWhole = isWhole && entry.Address == (ulong)(frame + length);
            length += entry.LengthBytes;
            hasMore = (entry.Flags & NicFlags.More) != 0;
            _next++;
        }

        FrameCount++;
        if (!isWhole)
        {
            frame = PutTogether(start, length);
        }

        if (frame != null)
        {
            stack.Receive(new ReadOnlySpan<byte>(frame, (int)length), offload, nowNs);
        }

        // A VM that receives little is kept as what differs from its template: not as what it has received.
        if (IsCalm && isWhole)
        {
            new Span<byte>(frame, (int)length).Clear();
        }
    }

    /// <summary>Copies a frame that lies in several pieces into one.</summary>
    /// <returns>The frame, or null if there is no memory: then it is lost, as on a full wire.</returns>
    private byte* PutTogether(uint start, uint length)
    {
        if (_whole == null)
        {
            _whole = (byte*)PageAllocator.TryAllocate(NicDescriptor.FrameMaxBytes / PageAllocator.PageBytes);
        }

        if (_whole == null || length > NicDescriptor.FrameMaxBytes)
        {
            return null;
        }

        Span<byte> rest = new(_whole, (int)length);
        for (uint index = start; index != _next; index++)
        {
            ref NicDescriptor entry = ref _entries[index % EntryCount];
            new ReadOnlySpan<byte>((void*)entry.Address, (int)entry.LengthBytes).CopyTo(rest);
            rest = rest.Slice((int)entry.LengthBytes);
        }

        return _whole;
    }
}
