// SPDX-License-Identifier: MIT
using System;

namespace Denali.Hardware;

/// <summary>The giving side of a ring. The same code runs in the kernel and in the guest.</summary>
/// <remarks>Like <see cref="RingConsumer{TMemory}"/> it keeps no state between looks. One thread at a time.</remarks>
/// <typeparam name="TMemory">How the ring's memory is reached.</typeparam>
public struct RingProducer<TMemory>
    where TMemory : struct, IRingMemory
{
    private TMemory _memory;
    private readonly RingLayout _layout;
    private uint _producer;

    /// <summary>Takes the producer side of a ring. Call <see cref="Refresh"/> before anything else.</summary>
    /// <param name="memory">The ring's memory.</param>
    /// <param name="layout">Where the ring lies in it; the caller has checked that it fits.</param>
    public RingProducer(TMemory memory, RingLayout layout)
    {
        _memory = memory;
        _layout = layout;
        _producer = 0;
        Free = 0;
    }

    /// <summary>Entries that can be written, as of the last <see cref="Refresh"/>, less those published
    /// since.</summary>
    public uint Free { get; private set; }

    /// <summary>Looks at the indices again.</summary>
    /// <returns><see cref="RingStatus.Corrupt"/> (and no room) if they cannot be true.</returns>
    public RingStatus Refresh()
    {
        _producer = _memory.LoadAcquire(_layout.HeaderOffset + RingHeader.ProducerOffset);
        uint consumer = _memory.LoadAcquire(_layout.HeaderOffset + RingHeader.ConsumerOffset);
        uint used = unchecked(_producer - consumer);
        if (used > _layout.EntryCount)
        {
            Free = 0;
            return RingStatus.Corrupt;
        }

        Free = _layout.EntryCount - used;
        return RingStatus.Ok;
    }

    /// <summary>Copies entries in, without showing them to the consumer.</summary>
    /// <param name="index">First entry, counted from the next free one.</param>
    /// <param name="source">A whole number of entries.</param>
    /// <returns>False, and nothing is written, if there is no room for them.</returns>
    public bool TryWrite(uint index, ReadOnlySpan<byte> source)
    {
        uint entries = (uint)source.Length / _layout.EntryBytes;
        if (index > Free || entries > Free - index || entries * _layout.EntryBytes != (uint)source.Length)
        {
            return false;
        }

        uint first = unchecked(_producer + index);
        uint head = _layout.ContiguousFrom(first);
        if (entries <= head)
        {
            _memory.Write(_layout.OffsetOf(first), source);
            return true;
        }

        int split = (int)(head * _layout.EntryBytes);
        _memory.Write(_layout.OffsetOf(first), source.Slice(0, split));
        _memory.Write(_layout.DataOffset, source.Slice(split));
        return true;
    }

    /// <summary>Shows written entries to the consumer.</summary>
    /// <param name="count">How many; more than <see cref="Free"/> is cut.</param>
    public void Publish(uint count)
    {
        uint published = count < Free ? count : Free;
        _producer = unchecked(_producer + published);
        Free -= published;
        _memory.StoreRelease(_layout.HeaderOffset + RingHeader.ProducerOffset, _producer);
    }
}
