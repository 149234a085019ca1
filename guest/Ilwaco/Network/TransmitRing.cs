// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Denali.Hardware;
using Denali.Net;

namespace Ilwaco;

/// <summary>The NIC's transmit ring: hands frames to the kernel without copying what need not be copied.</summary>
/// <remarks>
/// <para>Headers go into a slot that belongs to the ring's entry. A payload that stays as it is until the peer has
/// acknowledged it is not copied: the kernel reads it out of the connection's send buffer. Any other goes into a
/// buffer of its own, which comes back when the kernel has consumed the entry.</para>
/// <para>The kernel looks whenever the VM leaves the processor, so nothing is rung unless the ring is full.</para>
/// <para>Under the network's lock.</para>
/// </remarks>
internal sealed unsafe class TransmitRing : IFrameSink
{
    private const uint EntryCount = 64;

    // Link, IPv6 and TCP headers with all options have 114 bytes.
    private const int SlotBytes = 128;
    private const uint RingBytes = RingHeader.SizeOf + (EntryCount * NicDescriptor.SizeOf);
    private const uint PiecesMax = 3;

    private readonly NetworkBuffers _buffers;
    private readonly RingHeader* _header;
    private readonly NicDescriptor* _entries;
    private readonly byte* _slots;
    private readonly byte[]?[] _copies = new byte[]?[EntryCount];
    private uint _reclaimed;

    internal TransmitRing(NetworkBuffers buffers)
    {
        _buffers = buffers;
        buffers.Transmit = this;
        byte* memory = (byte*)Heap.Allocate(RingBytes + (EntryCount * SlotBytes));
        _header = (RingHeader*)memory;
        _entries = (NicDescriptor*)(memory + RingHeader.SizeOf);
        _slots = memory + RingBytes;
        VirtualRegisters.Page->NicTransmitEntries = EntryCount;
        Volatile.Write(ref VirtualRegisters.Page->NicTransmitRing, (ulong)memory);
    }

    /// <summary>Frames that were sent.</summary>
    internal ulong FrameCount { get; private set; }

    /// <summary>Whether the kernel has consumed everything.</summary>
    internal bool IsEmpty => Volatile.Read(ref _header->Consumer) == _header->Producer;

    /// <summary>Entries produced so far, modulo 2^32.</summary>
    internal uint ProducedCount => _header->Producer;

    /// <inheritdoc/>
    public bool TrySend(in OutgoingFrame frame)
    {
        if (!HasRoom())
        {
            return false;
        }

        uint first = _header->Producer;
        uint next = first;
        byte[]? copy = null;
        if (!frame.IsPayloadStable && frame.Payload.Length + frame.PayloadTail.Length > 0)
        {
            copy = Copy(frame);
            if (copy is null)
            {
                return false;
            }
        }

        byte* slot = _slots + ((first % EntryCount) * SlotBytes);
        frame.Headers.CopyTo(new Span<byte>(slot, SlotBytes));
        Put(next++, slot, frame.Headers.Length);
        if (copy is not null)
        {
            ref byte start = ref MemoryMarshal.GetArrayDataReference(copy);
            _copies[next % EntryCount] = copy;
            Put(next++, Unsafe.AsPointer(ref start), frame.Payload.Length + frame.PayloadTail.Length);
        }
        else
        {
            PutSpan(ref next, frame.Payload);
            PutSpan(ref next, frame.PayloadTail);
        }

        // What concerns the whole frame stands in its first entry; every entry but the last says that more follow.
        for (uint index = first; index != next - 1; index++)
        {
            _entries[index % EntryCount].Flags = NicFlags.More;
        }

        ref NicDescriptor head = ref _entries[first % EntryCount];
        if (frame.Offload.IsChecksumPartial)
        {
            head.Flags |= NicFlags.ChecksumPartial;
            head.ChecksumStart = frame.Offload.ChecksumStart;
            head.ChecksumOffset = frame.Offload.ChecksumOffset;
        }

        head.SegmentBytes = frame.Offload.SegmentBytes;
        head.HeaderBytes = frame.Offload.HeaderBytes;
        Volatile.Write(ref _header->Producer, next);
        FrameCount++;
        return true;
    }

    /// <summary>Gives back the buffers of frames that the kernel has consumed.</summary>
    internal void Reclaim()
    {
        uint consumed = Volatile.Read(ref _header->Consumer);
        while (_reclaimed != consumed)
        {
            ref byte[]? copy = ref _copies[_reclaimed % EntryCount];
            if (copy is not null)
            {
                _buffers.Return(copy);
                copy = null;
            }

            _reclaimed++;
        }

        _buffers.OnConsumed(consumed);
    }

    private bool HasRoom()
    {
        if (EntryCount - (_header->Producer - _reclaimed) >= PiecesMax)
        {
            return true;
        }

        Reclaim();
        if (EntryCount - (_header->Producer - _reclaimed) >= PiecesMax)
        {
            return true;
        }

        VirtualInstructions.Doorbell(Device.Nic);
        Reclaim();
        return EntryCount - (_header->Producer - _reclaimed) >= PiecesMax;
    }

    private byte[]? Copy(in OutgoingFrame frame)
    {
        int length = frame.Payload.Length + frame.PayloadTail.Length;
        int size = BufferAllocator.SmallestBytes;
        while (size < length)
        {
            size *= 2;
        }

        byte[]? copy = _buffers.Rent(size);
        if (copy is not null)
        {
            frame.Payload.CopyTo(copy);
            frame.PayloadTail.CopyTo(copy.AsSpan(frame.Payload.Length));
        }

        return copy;
    }

    private void PutSpan(ref uint index, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Put(index++, Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), bytes.Length);
        }
    }

    private void Put(uint index, void* address, int length)
    {
        ref NicDescriptor entry = ref _entries[index % EntryCount];
        entry = default;
        entry.Address = (ulong)address;
        entry.LengthBytes = (uint)length;
    }
}
