// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Threading;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// Hands frames from one thread to another: a ring of bytes, in which each frame lies in one piece behind its header.
/// The memory is the ring's own, so that nothing has to go back to where it came from.
/// </summary>
/// <remarks>One producer, one consumer. Neither waits: a full ring refuses, an empty one has nothing.</remarks>
internal sealed class FrameRing
{
    /// <summary>Smallest ring: room for a largest frame wherever the last one ended.</summary>
    internal const int SmallestBytes = 256 * 1024;

    /// <summary>Largest ring: some 30 largest frames, what one VM may send at one exit.</summary>
    internal const int LargestBytes = WorkerNetwork.AloneBytes;

    private const int HeaderBytes = 48;
    private const int Alignment = 16;

    /// <summary>In place of a length: the rest of the memory up to the end is not used.</summary>
    private const int Skip = -1;

    private readonly byte[] _memory;
    private readonly int _mask;
    private Position _head;
    private Position _tail;
    private int _producerWaits;

    /// <summary>Makes a ring.</summary>
    /// <param name="bytes">A power of two, <see cref="SmallestBytes"/> at least.</param>
    internal FrameRing(int bytes)
    {
        _memory = GC.AllocateUninitializedArray<byte>(bytes);
        _mask = bytes - 1;
    }

    /// <summary>Consumer: whether there is nothing.</summary>
    internal bool IsEmpty => _tail.Value == Volatile.Read(ref _head.Value);

    /// <summary>Producer: puts a frame in.</summary>
    /// <typeparam name="TSource">Where it comes from.</typeparam>
    /// <param name="frame">What is said beside it; its length counts.</param>
    /// <param name="source">At least that many bytes.</param>
    /// <returns>False if there is no room.</returns>
    internal bool TryPush<TSource>(in RingFrame frame, in TSource source)
        where TSource : struct, IFrameSource, allows ref struct
    {
        long head = _head.Value;
        long free = _memory.Length - (head - Volatile.Read(ref _tail.Value));
        int bytes = Padded(HeaderBytes + frame.LengthBytes);
        int at = (int)head & _mask;
        int toEnd = _memory.Length - at;
        int skipped = bytes > toEnd ? toEnd : 0;
        if (bytes + skipped > free)
        {
            return false;
        }

        if (skipped != 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_memory.AsSpan(at), Skip);
            at = 0;
        }

        WriteHeader(_memory.AsSpan(at, HeaderBytes), frame);
        source.CopyTo(0, _memory.AsSpan(at + HeaderBytes, frame.LengthBytes));
        Volatile.Write(ref _head.Value, head + skipped + bytes);
        return true;
    }

    /// <summary>
    /// Producer: asks to be told when there is room. Look once more after that: the consumer may have made room just
    /// before it could see the wish.
    /// </summary>
    internal void WaitForRoom() => Interlocked.Exchange(ref _producerWaits, 1);

    /// <summary>Consumer: whether the producer is to be told that there is room, once.</summary>
    internal bool TakeWait() => Interlocked.Exchange(ref _producerWaits, 0) != 0;

    /// <summary>Consumer: looks at the first frame.</summary>
    /// <param name="frame">What is said beside it.</param>
    /// <param name="bytes">The frame, valid until <see cref="Release"/>.</param>
    /// <returns>False if there is none.</returns>
    internal bool TryPeek(out RingFrame frame, out ReadOnlySpan<byte> bytes)
    {
        frame = default;
        bytes = default;
        if (IsEmpty)
        {
            return false;
        }

        int at = (int)_tail.Value & _mask;
        if (BinaryPrimitives.ReadInt32LittleEndian(_memory.AsSpan(at)) == Skip)
        {
            Volatile.Write(ref _tail.Value, _tail.Value + _memory.Length - at);
            at = 0;
        }

        frame = ReadHeader(_memory.AsSpan(at, HeaderBytes));
        bytes = _memory.AsSpan(at + HeaderBytes, frame.LengthBytes);
        return true;
    }

    /// <summary>Consumer: removes the frame that was looked at.</summary>
    internal void Release(in RingFrame frame) =>
        Volatile.Write(ref _tail.Value, _tail.Value + Padded(HeaderBytes + frame.LengthBytes));

    private static int Padded(int bytes) => (bytes + Alignment - 1) & -Alignment;

    private static void WriteHeader(Span<byte> to, in RingFrame frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, frame.LengthBytes);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], frame.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], frame.MachineId);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], frame.TimeNs);
        BinaryPrimitives.WriteUInt16LittleEndian(to[24..], frame.Offload.ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(to[26..], frame.Offload.ChecksumOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(to[28..], frame.Offload.SegmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(to[30..], frame.Offload.HeaderBytes);
        to[32] = frame.Offload.IsChecksumPartial ? (byte)1 : (byte)0;
        to[33] = frame.Offload.IsChecksumGood ? (byte)1 : (byte)0;
    }

    private static RingFrame ReadHeader(ReadOnlySpan<byte> from) => new()
    {
        LengthBytes = BinaryPrimitives.ReadInt32LittleEndian(from),
        Index = BinaryPrimitives.ReadInt32LittleEndian(from[4..]),
        MachineId = BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
        TimeNs = BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
        Offload = new FrameOffload
        {
            ChecksumStart = BinaryPrimitives.ReadUInt16LittleEndian(from[24..]),
            ChecksumOffset = BinaryPrimitives.ReadUInt16LittleEndian(from[26..]),
            SegmentBytes = BinaryPrimitives.ReadUInt16LittleEndian(from[28..]),
            HeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(from[30..]),
            IsChecksumPartial = from[32] != 0,
            IsChecksumGood = from[33] != 0,
        },
    };

    /// <summary>A count of bytes that has a cache line to itself.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 128)]
    private struct Position
    {
        [System.Runtime.InteropServices.FieldOffset(64)] internal long Value;
    }
}
