// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>IP packets that a stack sends to itself: they wait for the next poll.</summary>
/// <remarks>A mutable structure: keep it in a field.</remarks>
internal struct LoopbackQueue
{
    /// <summary>Bytes that may wait; beyond it packets are dropped, which TCP mends.</summary>
    private const int BytesMax = 1024 * 1024;

    // Length of the packet, and payload bytes per segment.
    private const int RecordBytes = 6;

    private ByteRing _ring;

    internal readonly bool IsEmpty => _ring.Count == 0;

    internal readonly int Count => _ring.Count;

    /// <summary>Adds a packet.</summary>
    internal bool TryAdd(
        ReadOnlySpan<byte> header, scoped in IpTransmission packet, BufferAllocator buffers)
    {
        int length = header.Length + packet.Header.Length + packet.Payload.Length + packet.PayloadTail.Length;
        if (_ring.Count + RecordBytes + length > BytesMax || !_ring.TryReserve(RecordBytes + length, buffers))
        {
            return false;
        }

        Span<byte> record = stackalloc byte[RecordBytes];
        BinaryPrimitives.WriteInt32LittleEndian(record, length);
        BinaryPrimitives.WriteUInt16LittleEndian(record[4..], packet.SegmentBytes);
        _ring.Append(record);
        _ring.Append(header);
        _ring.Append(packet.Header);
        _ring.Append(packet.Payload);
        _ring.Append(packet.PayloadTail);
        return true;
    }

    /// <summary>Takes the oldest packet.</summary>
    /// <returns>A buffer that the caller returns, with the packet at its start; or null if there is no
    /// memory.</returns>
    internal byte[]? Take(BufferAllocator buffers, out int length, out ushort segmentBytes)
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        _ring.CopyOut(0, record);
        length = BinaryPrimitives.ReadInt32LittleEndian(record);
        segmentBytes = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        int size = BufferAllocator.SmallestBytes;
        while (size < length)
        {
            size *= 2;
        }

        byte[]? packet = buffers.Rent(size);
        if (packet is not null)
        {
            _ring.CopyOut(RecordBytes, packet.AsSpan(0, length));
        }

        _ring.Skip(RecordBytes + length, buffers);
        return packet;
    }
}
