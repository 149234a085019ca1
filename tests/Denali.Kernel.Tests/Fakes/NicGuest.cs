// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Denali.Net;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>The driver of a guest in a <see cref="FakeSlot"/>: both rings, and a frame per buffer.</summary>
internal sealed class NicGuest
{
    internal const ulong TransmitRing = 0x4_0000;
    internal const ulong ReceiveRing = 0x4_8000;
    internal const ulong TransmitBuffers = 0x6_0000;
    internal const ulong ReceiveBuffers = 0x8_0000;
    internal const uint Entries = 64;
    internal const uint TransmitBufferBytes = 2048;

    private readonly FakeSlot _slot;
    private readonly uint _bufferBytes;
    private readonly Queue<NicDescriptor> _posted = new();
    private readonly List<byte> _partial = [];
    private uint _taken;
    private uint _sent;
    private FrameOffload _offload;

    /// <summary>Sets the rings up and offers buffers.</summary>
    /// <param name="slot">The guest's slot.</param>
    /// <param name="buffers">How many receive buffers.</param>
    /// <param name="bufferBytes">Bytes of each.</param>
    internal NicGuest(FakeSlot slot, int buffers = 32, uint bufferBytes = 2048)
    {
        _slot = slot;
        _bufferBytes = bufferBytes;
        slot.Page.NicTransmitEntries = Entries;
        slot.Page.NicReceiveEntries = Entries;
        slot.Page.NicTransmitRing = TransmitRing;
        slot.Page.NicReceiveRing = ReceiveRing;
        for (int i = 0; i < buffers; i++)
        {
            Offer(ReceiveBuffers + ((ulong)i * bufferBytes), bufferBytes);
        }
    }

    internal MacAddress Mac => new(BinaryPrimitives.ReverseEndianness(_slot.Page.MacAddress) >> 16);

    internal IpAddress Ipv4 => IpAddress.FromIpv4(BinaryPrimitives.ReverseEndianness(_slot.Page.Ipv4Address));

    /// <summary>Descriptors that the kernel has not consumed.</summary>
    internal uint TransmitPending
    {
        get
        {
            RingProducer<GuestRingMemory> ring = Transmit;
            ring.Refresh();
            return Entries - ring.Free;
        }
    }

    private RingProducer<GuestRingMemory> Transmit => new(RingAt(TransmitRing), Layout);

    private static RingLayout Layout => RingLayout.Contiguous(NicDescriptor.SizeOf, Entries);

    /// <summary>Offers a receive buffer.</summary>
    internal void Offer(ulong address, uint bytes)
    {
        var descriptor = new NicDescriptor { Address = address, LengthBytes = bytes, Tag = address };
        var ring = new RingProducer<GuestRingMemory>(RingAt(ReceiveRing), Layout);
        ring.Refresh();
        if (ring.TryWrite(0, Encode(descriptor)))
        {
            ring.Publish(1);
            _posted.Enqueue(descriptor);
        }
    }

    /// <summary>Puts a frame into the ring, in one piece.</summary>
    /// <returns>False if the ring is full.</returns>
    internal bool Send(ReadOnlySpan<byte> frame, FrameOffload offload = default, ulong address = 0)
    {
        if (TransmitPending == Entries)
        {
            return false;
        }

        address = address == 0 ? TransmitBuffers + (_sent++ % Entries * TransmitBufferBytes) : address;
        _slot.Memory.TryWrite(address, frame);
        return SendDescriptor(new NicDescriptor
        {
            Address = address,
            LengthBytes = (uint)frame.Length,
            Flags = offload.IsChecksumPartial ? NicFlags.ChecksumPartial : NicFlags.None,
            ChecksumStart = offload.ChecksumStart,
            ChecksumOffset = offload.ChecksumOffset,
            SegmentBytes = offload.SegmentBytes,
            HeaderBytes = offload.HeaderBytes,
        });
    }

    internal bool SendDescriptor(in NicDescriptor descriptor)
    {
        RingProducer<GuestRingMemory> ring = Transmit;
        ring.Refresh();
        bool isWritten = ring.TryWrite(0, Encode(descriptor));
        ring.Publish(isWritten ? 1u : 0);
        return isWritten;
    }

    /// <summary>Takes the frames that arrived, and offers their buffers again.</summary>
    internal List<(byte[] Bytes, FrameOffload Offload)> Receive(bool offerAgain = true)
    {
        var frames = new List<(byte[], FrameOffload)>();
        uint consumed = _slot.Memory.TryGetRingMemory(ReceiveRing, Layout.TotalBytes, out GuestRingMemory memory)
            ? memory.LoadAcquire(RingHeader.ConsumerOffset)
            : 0;
        byte[] bytes = new byte[NicDescriptor.SizeOf];
        while (_taken != consumed)
        {
            memory.Read(Layout.OffsetOf(_taken++), bytes);
            NicDescriptor filled = Decode(bytes);
            NicDescriptor posted = _posted.Dequeue();
            if (filled.Tag != posted.Tag || filled.Address != posted.Address || filled.LengthBytes > posted.LengthBytes)
            {
                throw new InvalidOperationException("a descriptor came back changed");
            }

            Take(filled, frames);
            if (offerAgain)
            {
                Offer(posted.Address, _bufferBytes);
            }
        }

        return frames;
    }

    internal static byte[] Encode(in NicDescriptor descriptor)
    {
        byte[] bytes = new byte[NicDescriptor.SizeOf];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, descriptor.Address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), descriptor.LengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)descriptor.Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), descriptor.ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), descriptor.ChecksumOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(20), descriptor.SegmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(22), descriptor.HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), descriptor.Tag);
        return bytes;
    }

    private static NicDescriptor Decode(ReadOnlySpan<byte> bytes) => new()
    {
        Address = BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        LengthBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        Flags = (NicFlags)BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
        ChecksumStart = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]),
        ChecksumOffset = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]),
        SegmentBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]),
        HeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]),
        Tag = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
    };

    private void Take(in NicDescriptor filled, List<(byte[], FrameOffload)> frames)
    {
        byte[] piece = new byte[filled.LengthBytes];
        _slot.Memory.TryRead(filled.Address, piece);
        if (_partial.Count == 0)
        {
            _offload = new FrameOffload
            {
                IsChecksumPartial = (filled.Flags & NicFlags.ChecksumPartial) != 0,
                IsChecksumGood = (filled.Flags & NicFlags.ChecksumGood) != 0,
                ChecksumStart = filled.ChecksumStart,
                ChecksumOffset = filled.ChecksumOffset,
                SegmentBytes = filled.SegmentBytes,
                HeaderBytes = filled.HeaderBytes,
            };
        }

        _partial.AddRange(piece);
        if ((filled.Flags & NicFlags.More) == 0)
        {
            frames.Add(([.. _partial], _offload));
            _partial.Clear();
        }
    }

    private GuestRingMemory RingAt(ulong address)
    {
        _slot.Memory.TryGetRingMemory(address, Layout.TotalBytes, out GuestRingMemory ring);
        return ring;
    }
}
