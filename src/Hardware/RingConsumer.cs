// SPDX-License-Identifier: MIT
using System;

namespace Denali.Hardware;

/// <summary>The taking side of a ring. The same code runs in the kernel and in the guest.</summary>
/// <remarks>
/// <para>It keeps no state between looks: <see cref="Refresh"/> loads both indices and checks them, so nothing that
/// the other side writes can make it reach outside the ring, and a ring costs the kernel no memory.</para>
/// <para>Entries stay the producer's to rewrite until they are read: read an entry once, then check the copy.</para>
/// <para>One thread at a time.</para>
/// </remarks>
/// <typeparam name="TMemory">How the ring's memory is reached.</typeparam>
public struct RingConsumer<TMemory>
    where TMemory : struct, IRingMemory
{
    private TMemory _memory;
    private readonly RingLayout _layout;
    private uint _consumer;

    /// <summary>Takes the consumer side of a ring. Call <see cref="Refresh"/> before anything else.</summary>
    /// <param name="memory">The ring's memory.</param>
    /// <param name="layout">Where the ring lies in it; the caller has checked that it fits.</param>
    public RingConsumer(TMemory memory, RingLayout layout)
    {
        _memory = memory;
        _layout = layout;
        _consumer = 0;
        Count = 0;
    }

    /// <summary>Entries that can be read, as of the last <see cref="Refresh"/>, less those released since.</summary>
    public uint Count { get; private set; }

    /// <summary>Looks at the indices again.</summary>
    /// <returns><see cref="RingStatus.Corrupt"/> (and no entries) if they cannot be true.</returns>
    public RingStatus Refresh()
    {
        _consumer = _memory.LoadAcquire(_layout.HeaderOffset + RingHeader.ConsumerOffset);
        uint producer = _memory.LoadAcquire(_layout.HeaderOffset + RingHeader.ProducerOffset);
        uint count = unchecked(producer - _consumer);
        if (count > _layout.EntryCount)
        {
            Count = 0;
            return RingStatus.Corrupt;
        }

        Count = count;
        return RingStatus.Ok;
    }

    /// <summary>Copies entries out, without taking them.</summary>
    /// <param name="index">First entry, counted from the oldest.</param>
    /// <param name="destination">Room for a whole number of entries; that many are copied.</param>
    /// <returns>False, and nothing is copied, if there are not as many.</returns>
    public bool TryRead(uint index, Span<byte> destination)
    {
        uint entries = (uint)destination.Length / _layout.EntryBytes;
        if (index > Count || entries > Count - index || entries * _layout.EntryBytes != (uint)destination.Length)
        {
            return false;
        }

        uint first = unchecked(_consumer + index);
        uint head = _layout.ContiguousFrom(first);
        if (entries <= head)
        {
            _memory.Read(_layout.OffsetOf(first), destination);
            return true;
        }

        int split = (int)(head * _layout.EntryBytes);
        _memory.Read(_layout.OffsetOf(first), destination.Slice(0, split));
        _memory.Read(_layout.DataOffset, destination.Slice(split));
        return true;
    }

    /// <summary>Writes one entry back (a receive buffer that was filled), before it is released.</summary>
    /// <param name="index">The entry, counted from the oldest.</param>
    /// <param name="entry">Exactly one entry.</param>
    /// <returns>False, and nothing is written, if there is no such entry.</returns>
    public bool TryWriteBack(uint index, ReadOnlySpan<byte> entry)
    {
        if (index >= Count || (uint)entry.Length != _layout.EntryBytes)
        {
            return false;
        }

        _memory.Write(_layout.OffsetOf(unchecked(_consumer + index)), entry);
        return true;
    }

    /// <summary>Gives the oldest entries back to the producer.</summary>
    /// <param name="count">How many; more than <see cref="Count"/> is cut.</param>
    public void Release(uint count)
    {
        uint released = count < Count ? count : Count;
        _consumer = unchecked(_consumer + released);
        Count -= released;
        _memory.StoreRelease(_layout.HeaderOffset + RingHeader.ConsumerOffset, _consumer);
    }
}
