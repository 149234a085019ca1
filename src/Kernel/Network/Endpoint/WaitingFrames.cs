// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>Frames that came while another thread was in the stack: it takes them before it leaves.</summary>
internal sealed class WaitingFrames
{
    // What a burst of a few VMs sends at once; beyond it frames are dropped, which TCP mends.
    private const int BytesMax = 4 << 20;

    private readonly Lock _lock = new();
    private readonly Queue<(byte[] Frame, int Length, FrameOffload Offload)> _frames = new();
    private int _bytes;

    /// <summary>Frames that found no room.</summary>
    internal long DroppedCount { get; private set; }

    /// <summary>Whether there is none. Any thread.</summary>
    internal bool IsEmpty => Volatile.Read(ref _bytes) == 0;

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
            _frames.Enqueue((copy, frame.Length, offload));
            Volatile.Write(ref _bytes, _bytes + frame.Length);
        }
    }

    /// <summary>Takes the oldest; the caller returns its array to the shared pool.</summary>
    internal bool TryTake(out byte[] frame, out int length, out FrameOffload offload)
    {
        lock (_lock)
        {
            bool any = _frames.TryDequeue(out (byte[] Frame, int Length, FrameOffload Offload) first);
            (frame, length, offload) = first;
            Volatile.Write(ref _bytes, _bytes - length);
            return any;
        }
    }
}
