// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>The disk driver of a guest in a <see cref="FakeSlot"/>.</summary>
internal sealed class DiskGuest
{
    internal const ulong RequestRing = 0x4_0000;
    internal const ulong CompletionRing = 0x4_8000;
    internal const ulong Buffers = 0x6_0000;

    private readonly FakeSlot _slot;
    private readonly uint _entries;

    internal DiskGuest(FakeSlot slot, uint entries = 64)
    {
        _slot = slot;
        _entries = entries;
        slot.Page.DiskRingEntries = entries;
        slot.Page.DiskRequestRing = RequestRing;
        slot.Page.DiskCompletionRing = CompletionRing;
    }

    /// <summary>A read of sectors into the first buffers.</summary>
    internal static DiskRequest Read(ulong sector, uint count = 1, uint tag = 0, ulong address = Buffers) => new()
    {
        Operation = DiskOperation.Read,
        Sector = sector,
        SectorCount = count,
        Address = address,
        Tag = tag,
    };

    /// <summary>Puts a request into the ring.</summary>
    /// <returns>False if the ring is full.</returns>
    internal bool Send(in DiskRequest request)
    {
        Span<byte> bytes = stackalloc byte[DiskRequest.SizeOf];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)request.Operation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], request.DiskIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], request.Sector);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], request.Address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], request.SectorCount);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], request.Tag);
        RingLayout layout = RingLayout.Contiguous(DiskRequest.SizeOf, _entries);
        var ring = new RingProducer<GuestRingMemory>(RingAt(RequestRing, layout), layout);
        ring.Refresh();
        bool isWritten = ring.TryWrite(0, bytes);
        ring.Publish(isWritten ? 1u : 0);
        return isWritten;
    }

    /// <summary>Takes the completions that are there.</summary>
    internal List<(uint Tag, DiskStatus Status)> Take()
    {
        RingLayout layout = RingLayout.Contiguous(DiskCompletion.SizeOf, _entries);
        var ring = new RingConsumer<GuestRingMemory>(RingAt(CompletionRing, layout), layout);
        ring.Refresh();
        var taken = new List<(uint, DiskStatus)>();
        byte[] bytes = new byte[DiskCompletion.SizeOf];
        for (uint i = 0; i < ring.Count; i++)
        {
            ring.TryRead(i, bytes);
            taken.Add((
                BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                (DiskStatus)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4))));
        }

        ring.Release((uint)taken.Count);
        return taken;
    }

    /// <summary>Takes the completions that are there, and only counts them.</summary>
    internal uint TakeCount()
    {
        RingLayout layout = RingLayout.Contiguous(DiskCompletion.SizeOf, _entries);
        var ring = new RingConsumer<GuestRingMemory>(RingAt(CompletionRing, layout), layout);
        ring.Refresh();
        uint count = ring.Count;
        ring.Release(count);
        return count;
    }

    /// <summary>Idles until so many completions have come.</summary>
    internal IEnumerable<EngineExit> Await(int count, List<(uint Tag, DiskStatus Status)> completions)
    {
        while (completions.Count < count)
        {
            yield return _slot.Idle();
            _slot.Take();
            completions.AddRange(Take());
        }
    }

    /// <summary>What lies in a buffer.</summary>
    internal byte[] BufferAt(ulong address, int bytes)
    {
        byte[] buffer = new byte[bytes];
        _slot.Memory.TryRead(address, buffer);
        return buffer;
    }

    private GuestRingMemory RingAt(ulong address, in RingLayout layout)
    {
        _slot.Memory.TryGetRingMemory(address, layout.TotalBytes, out GuestRingMemory memory);
        return memory;
    }
}
