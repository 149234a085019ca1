// SPDX-License-Identifier: MIT
using System;

namespace Denali.Hardware.Tests;

/// <summary>
/// Ring memory whose other side rewrites indices and entries between any two operations. Every access is checked
/// against the ring's layout and counted.
/// </summary>
internal readonly struct HostileMemory(HostileMemory.Adversary adversary) : IRingMemory
{
    public uint LoadAcquire(uint offset) => adversary.Load(offset);

    public void StoreRelease(uint offset, uint value) => adversary.Store(offset, value);

    public void Read(uint offset, Span<byte> destination) => adversary.Entries(offset, (uint)destination.Length);

    public void Write(uint offset, ReadOnlySpan<byte> source) => adversary.Entries(offset, (uint)source.Length);

    /// <summary>The other side.</summary>
    internal sealed class Adversary(RingLayout layout, uint ownIndexOffset, int seed)
    {
        private readonly Random _random = new(seed);
        private uint _base = unchecked((uint)seed);

        /// <summary>Accesses since the count was last set.</summary>
        public int Accesses { get; set; }

        /// <summary>The last value loaded as producer index.</summary>
        public uint LoadedProducer { get; private set; }

        /// <summary>The last value loaded as consumer index.</summary>
        public uint LoadedConsumer { get; private set; }

        /// <summary>The last index that the side under test stored.</summary>
        public uint Stored { get; private set; }

        public uint Load(uint offset)
        {
            Accesses++;
            uint value = NextIndex();
            if (offset == layout.HeaderOffset + RingHeader.ProducerOffset)
            {
                return LoadedProducer = value;
            }

            if (offset == layout.HeaderOffset + RingHeader.ConsumerOffset)
            {
                return LoadedConsumer = value;
            }

            throw new InvalidOperationException($"loaded an index at {offset}, where there is none");
        }

        public void Store(uint offset, uint value)
        {
            Accesses++;
            Stored = offset == ownIndexOffset
                ? value
                : throw new InvalidOperationException($"stored an index at {offset}, which is not its own");
        }

        public void Entries(uint offset, uint lengthBytes)
        {
            Accesses++;
            ulong end = (ulong)offset + lengthBytes;
            ulong ringEnd = layout.DataOffset + ((ulong)layout.EntryBytes * layout.EntryCount);
            if (offset < layout.DataOffset || end > ringEnd || (offset - layout.DataOffset) % layout.EntryBytes != 0)
            {
                throw new InvalidOperationException($"touched {offset} to {end}, outside the entries");
            }
        }

        // Plausible, nearly plausible, at the limits, and absurd.
        private uint NextIndex()
        {
            unchecked
            {
                _base += (uint)_random.Next(3);
                return _random.Next(8) switch
                {
                    0 => (uint)_random.NextInt64(1L << 32),
                    1 => _base + layout.EntryCount,
                    2 => _base + layout.EntryCount + 1,
                    3 => _base - 1,
                    4 => uint.MaxValue,
                    _ => _base + (uint)_random.NextInt64(layout.EntryCount),
                };
            }
        }
    }
}
