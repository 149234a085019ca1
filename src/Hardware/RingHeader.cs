// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>
/// The two indices of a single-producer, single-consumer ring. They run freely and wrap at 2^32; their difference is
/// the number of entries in the ring. Each sits in a cache line of its own.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct RingHeader
{
    /// <summary>Size of the structure in bytes.</summary>
    public const int SizeOf = 128;

    /// <summary>Offset of <see cref="Producer"/>.</summary>
    public const uint ProducerOffset = 0;

    /// <summary>Offset of <see cref="Consumer"/>.</summary>
    public const uint ConsumerOffset = 64;

    /// <summary>Entries produced so far; written by the producer only.</summary>
    [FieldOffset((int)ProducerOffset)] public uint Producer;

    /// <summary>Entries consumed so far; written by the consumer only.</summary>
    [FieldOffset((int)ConsumerOffset)] public uint Consumer;
}
