// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// What came while another thread was in the stack, which takes it before it leaves: frames, and the news that a VM has
/// ended. In one queue, because the next VM at the same address may send before the news is taken.
/// </summary>
internal sealed class WaitingFrames
{
    // What a burst of a few VMs sends at once; beyond it frames are dropped, which TCP mends.
    private const int BytesMax = 4 << 20;

    private const int NoMachine = -1;

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _entries = new();
    private int _bytes;
    private int _count;

    /// <summary>Frames that found no room.</summary>
    internal long DroppedCount { get; private set; }

    /// <summary>Whether there is nothing. Any thread.</summary>
    internal bool IsEmpty => Volatile.Read(ref _count) == 0;

    internal void Add(ReadOnlySpan<byte> frame, in FrameOffload offload)
    {
        lock (_lock)
        {
            if (_bytes + frame.Length > BytesMax)
            {
                DroppedCount++;
                return;
            }

            byte[] copy = ArrayPool<byte>.Shared.Rent(frame.Length);
            frame.CopyTo(copy);
            _bytes += frame.Length;
            Enqueue(new Entry(copy, frame.Length, offload, NoMachine));
        }
    }

    /// <summary>Notes that a VM has ended; there is always room for that.</summary>
    internal void AddEnd(int index)
    {
        lock (_lock)
        {
            Enqueue(new Entry([], 0, default, index));
        }
    }

    /// <summary>Takes the oldest; the caller returns a frame's array to the shared pool.</summary>
    internal bool TryTake(out Entry entry)
    {
        lock (_lock)
        {
            bool any = _entries.TryDequeue(out entry);
            _bytes -= entry.LengthBytes;
            Volatile.Write(ref _count, _entries.Count);
            return any;
        }
    }

    private void Enqueue(in Entry entry)
    {
        _entries.Enqueue(entry);
        Volatile.Write(ref _count, _entries.Count);
    }

    /// <summary>A frame, or a VM that has ended.</summary>
    /// <param name="Frame">The frame, in an array that may be longer.</param>
    /// <param name="LengthBytes">Bytes of the frame.</param>
    /// <param name="Offload">What travels beside it.</param>
    /// <param name="EndedIndex">Index of the VM that has ended; negative for a frame.</param>
    internal readonly record struct Entry(byte[] Frame, int LengthBytes, FrameOffload Offload, int EndedIndex);
}
