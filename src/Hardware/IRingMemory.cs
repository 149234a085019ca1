// SPDX-License-Identifier: MIT
using System;

namespace Denali.Hardware;

/// <summary>
/// How a ring's memory is reached: plain memory inside the guest, checked guest memory in the kernel, an array in
/// tests. Offsets count from a base that the implementation knows.
/// </summary>
/// <remarks>
/// An implementation guarantees that offsets inside the ring's <see cref="RingLayout"/> are valid: whoever makes a
/// ring over guest memory checks the whole range once, before. Implement it as a struct, so that the compiler
/// specialises the ring and calls nothing through an interface table.
/// </remarks>
public interface IRingMemory
{
    /// <summary>Loads an index; later reads are not moved before it.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 4.</param>
    /// <returns>The value found.</returns>
    uint LoadAcquire(uint offset);

    /// <summary>Stores an index; earlier reads and writes are not moved behind it.</summary>
    /// <param name="offset">Offset in bytes, a multiple of 4.</param>
    /// <param name="value">The value to store.</param>
    void StoreRelease(uint offset, uint value);

    /// <summary>Copies bytes out of the ring's memory.</summary>
    /// <param name="offset">Offset in bytes.</param>
    /// <param name="destination">Where they go; its length says how many.</param>
    void Read(uint offset, Span<byte> destination);

    /// <summary>Copies bytes into the ring's memory.</summary>
    /// <param name="offset">Offset in bytes.</param>
    /// <param name="source">The bytes.</param>
    void Write(uint offset, ReadOnlySpan<byte> source);
}
