// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Kernel.Devices;

/// <summary>
/// The network interface: takes frames from a VM's transmit ring and puts frames into its receive ring. Keeps nothing:
/// the ring registers, the indices and every descriptor are copied at each look, and the copies are checked.
/// </summary>
/// <remarks>Used by the VM's worker while the VM does not run.</remarks>
internal static class NicDevice
{
    /// <summary>Longest frame that is not to be cut: the MTU and the Ethernet header.</summary>
    internal const int PlainFrameMaxBytes = (int)Mtu + EthernetHeader.SizeBytes;

    /// <summary>Largest payload of a frame on the virtual LAN.</summary>
    internal const uint Mtu = 1500;

    /// <summary>Most receive buffers that one frame is spread over.</summary>
    internal const int BufferMax = 64;

    private const int TcpHeaderMin = 20;

    /// <summary>What <see cref="TryTake"/> found.</summary>
    internal enum TakeResult
    {
        /// <summary>No whole frame.</summary>
        Nothing,

        /// <summary>A frame.</summary>
        Frame,

        /// <summary>A frame that cannot be one.</summary>
        Bad,

        /// <summary>A frame that is too long for the link.</summary>
        TooLong,
    }

    /// <summary>How <see cref="Deliver"/> went.</summary>
    internal enum DeliverResult
    {
        /// <summary>It is in the ring.</summary>
        Delivered,

        /// <summary>There is no ring, or it is corrupt.</summary>
        NoRing,

        /// <summary>There are no buffers now.</summary>
        NoRoom,

        /// <summary>There are buffers, but not enough for this frame.</summary>
        TooFewBuffers,

        /// <summary>Even a full ring of such buffers could not hold it.</summary>
        TooLarge,
    }

    /// <summary>Opens the transmit ring.</summary>
    /// <returns>False if there is none, or it cannot be one.</returns>
    internal static bool TryOpenTransmit(
        GuestReach reach,
        ref MachineRecord record,
        IExecutionSlot slot,
        out RingConsumer<GuestRingMemory> ring,
        out uint entries)
    {
        ref RegisterPage page = ref slot.Memory.Registers;
        ulong address = page.NicTransmitRing;
        entries = page.NicTransmitEntries;
        return TryOpen(reach, ref record, slot, address, entries, out ring);
    }

    /// <summary>Reads the next frame, without taking it.</summary>
    /// <param name="reach">Commits memory.</param>
    /// <param name="record">The VM.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="ring">Its transmit ring, refreshed.</param>
    /// <param name="entries">Entries of the ring.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="descriptors">How many descriptors it takes, if there is something.</param>
    /// <returns>What there is.</returns>
    internal static TakeResult TryTake(
        GuestReach reach,
        ref MachineRecord record,
        IExecutionSlot slot,
        ref RingConsumer<GuestRingMemory> ring,
        uint entries,
        GuestFrame frame,
        out uint descriptors)
    {
        frame.Clear(slot.Memory);
        bool isGood = true;
        FrameOffload offload = default;
        for (descriptors = 0; descriptors < ring.Count;)
        {
            NicDescriptor descriptor = Read(ref ring, descriptors);
            descriptors++;
            if (isGood && descriptors == 1)
            {
                isGood = TryReadOffload(descriptor, out offload);
            }

            isGood = isGood
                && descriptors <= GuestFrame.PieceMax
                && IsPieceGood(descriptor, frame.LengthBytes)
                && reach.TryReach(ref record, slot, descriptor.Address, descriptor.LengthBytes, write: false);
            if (isGood)
            {
                frame.Add(descriptor.Address, (int)descriptor.LengthBytes);
            }

            if ((descriptor.Flags & NicFlags.More) == 0)
            {
                return isGood ? Finish(frame, offload) : TakeResult.Bad;
            }
        }

        // The rest of the frame may come yet, if there is room for it.
        return descriptors == entries || descriptors > GuestFrame.PieceMax ? TakeResult.Bad : TakeResult.Nothing;
    }

    /// <summary>Puts a frame into the receive ring, if there are buffers for all of it.</summary>
    /// <typeparam name="TSource">Where the frame comes from.</typeparam>
    /// <param name="reach">Commits memory.</param>
    /// <param name="record">The receiving VM.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="source">The frame.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <returns>How it went. Nothing is changed unless it was delivered.</returns>
    internal static DeliverResult Deliver<TSource>(
        GuestReach reach, ref MachineRecord record, IExecutionSlot slot, in TSource source, in FrameOffload offload)
        where TSource : struct, IFrameSource, allows ref struct
    {
        ref RegisterPage page = ref slot.Memory.Registers;
        ulong address = page.NicReceiveRing;
        uint entries = page.NicReceiveEntries;
        if (!TryOpen(reach, ref record, slot, address, entries, out RingConsumer<GuestRingMemory> ring)
            || ring.Refresh() != RingStatus.Ok)
        {
            return DeliverResult.NoRing;
        }

        Span<NicDescriptor> buffers = stackalloc NicDescriptor[BufferMax];
        int left = source.LengthBytes;
        int count = 0;
        for (; left > 0; count++)
        {
            if (count == ring.Count || count == BufferMax)
            {
                return count == BufferMax || count == entries ? DeliverResult.TooLarge
                    : count == 0 ? DeliverResult.NoRoom : DeliverResult.TooFewBuffers;
            }

            // A bad buffer comes back empty, and the frame goes on in the next.
            ref NicDescriptor buffer = ref buffers[count];
            buffer = Read(ref ring, (uint)count);
            uint part = Math.Min(buffer.LengthBytes, (uint)left);
            buffer.LengthBytes = part > 0 && reach.TryReach(ref record, slot, buffer.Address, part, write: true)
                ? part
                : 0;
            left -= (int)buffer.LengthBytes;
        }

        int offset = 0;
        for (int i = 0; i < count; i++)
        {
            ref NicDescriptor buffer = ref buffers[i];
            source.CopyTo(offset, slot.Memory, buffer.Address, (int)buffer.LengthBytes);
            offset += (int)buffer.LengthBytes;
            WriteOffload(ref buffer, offload, isFirst: i == 0, isLast: i == count - 1);
            Write(ref ring, (uint)i, buffer);
        }

        ring.Release((uint)count);
        return DeliverResult.Delivered;
    }

    private static bool TryOpen(
        GuestReach reach,
        ref MachineRecord record,
        IExecutionSlot slot,
        ulong address,
        uint entries,
        out RingConsumer<GuestRingMemory> ring)
    {
        ring = default;
        if (address == 0 || !RingLayout.IsValidEntryCount(entries))
        {
            return false;
        }

        RingLayout layout = RingLayout.Contiguous(NicDescriptor.SizeOf, entries);
        if (!slot.Memory.TryGetRingMemory(address, layout.TotalBytes, out GuestRingMemory memory)
            || !reach.TryReach(ref record, slot, address, layout.TotalBytes, write: true))
        {
            return false;
        }

        ring = new RingConsumer<GuestRingMemory>(memory, layout);
        return true;
    }

    private static bool IsPieceGood(in NicDescriptor descriptor, int before) =>
        descriptor.LengthBytes is > 0 and <= NicDescriptor.FrameMaxBytes
        && descriptor.LengthBytes <= NicDescriptor.FrameMaxBytes - (uint)before
        && (descriptor.Flags & ~(NicFlags.More | NicFlags.ChecksumPartial)) == 0;

    /// <summary>Reads the offload of a frame's first descriptor.</summary>
    private static bool TryReadOffload(in NicDescriptor descriptor, out FrameOffload offload)
    {
        offload = default;
        if ((descriptor.Flags & NicFlags.ChecksumPartial) == 0)
        {
            return descriptor.SegmentBytes == 0;
        }

        offload.IsChecksumPartial = true;
        offload.ChecksumStart = descriptor.ChecksumStart;
        offload.ChecksumOffset = descriptor.ChecksumOffset;
        offload.SegmentBytes = descriptor.SegmentBytes;
        offload.HeaderBytes = descriptor.SegmentBytes == 0 ? (ushort)0 : descriptor.HeaderBytes;
        return true;
    }

    private static TakeResult Finish(GuestFrame frame, in FrameOffload offload)
    {
        int length = frame.LengthBytes;
        bool isChecksumInside = !offload.IsChecksumPartial
            || (offload.ChecksumStart >= EthernetHeader.SizeBytes
                && offload.ChecksumStart + offload.ChecksumOffset + sizeof(ushort) <= length);
        if (!isChecksumInside)
        {
            return TakeResult.Bad;
        }

        if (offload.SegmentBytes == 0)
        {
            frame.Offload = offload;
            frame.ReadHead();
            return length <= PlainFrameMaxBytes ? TakeResult.Frame : TakeResult.TooLong;
        }

        bool isSegmentGood = offload.HeaderBytes >= offload.ChecksumStart + TcpHeaderMin
            && offload.HeaderBytes <= Math.Min(length, GuestFrame.HeadMax)
            && offload.HeaderBytes + offload.SegmentBytes <= PlainFrameMaxBytes;
        frame.Offload = offload;
        frame.ReadHead();
        return isSegmentGood ? TakeResult.Frame : TakeResult.Bad;
    }

    private static void WriteOffload(ref NicDescriptor buffer, in FrameOffload offload, bool isFirst, bool isLast)
    {
        buffer.Flags = isLast ? NicFlags.None : NicFlags.More;
        buffer.ChecksumStart = 0;
        buffer.ChecksumOffset = 0;
        buffer.SegmentBytes = 0;
        buffer.HeaderBytes = 0;
        if (!isFirst)
        {
            return;
        }

        buffer.Flags |= offload.IsChecksumGood ? NicFlags.ChecksumGood : NicFlags.None;
        if (offload.IsChecksumPartial)
        {
            buffer.Flags |= NicFlags.ChecksumPartial;
            buffer.ChecksumStart = offload.ChecksumStart;
            buffer.ChecksumOffset = offload.ChecksumOffset;
        }

        buffer.SegmentBytes = offload.SegmentBytes;
        buffer.HeaderBytes = offload.HeaderBytes;
    }

    private static NicDescriptor Read(ref RingConsumer<GuestRingMemory> ring, uint index)
    {
        Span<byte> bytes = stackalloc byte[NicDescriptor.SizeOf];
        _ = ring.TryRead(index, bytes);
        return new NicDescriptor
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
    }

    private static void Write(ref RingConsumer<GuestRingMemory> ring, uint index, in NicDescriptor descriptor)
    {
        Span<byte> bytes = stackalloc byte[NicDescriptor.SizeOf];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, descriptor.Address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], descriptor.LengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], (uint)descriptor.Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[16..], descriptor.ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[18..], descriptor.ChecksumOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[20..], descriptor.SegmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[22..], descriptor.HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], descriptor.Tag);
        _ = ring.TryWriteBack(index, bytes);
    }
}
