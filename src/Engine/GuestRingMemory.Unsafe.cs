// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>A ring's memory inside a VM, as the kernel reaches it.</summary>
/// <remarks>Every offset is checked once more: a ring in a wrong place is a defect of the kernel, and stops
/// it.</remarks>
public readonly unsafe struct GuestRingMemory : IRingMemory
{
    private readonly byte* _base;
    private readonly uint _bytes;

    internal GuestRingMemory(nint address, uint bytes)
    {
        // SAFETY: GuestMemory has checked the range; nothing is read here.
        _base = (byte*)address;
        _bytes = bytes;
    }

    /// <inheritdoc/>
    // SAFETY: At checks every range; see there.
    public uint LoadAcquire(uint offset) => Volatile.Read(ref *(uint*)At(offset, sizeof(uint)));

    /// <inheritdoc/>
    // SAFETY: as above.
    public void StoreRelease(uint offset, uint value) => Volatile.Write(ref *(uint*)At(offset, sizeof(uint)), value);

    /// <inheritdoc/>
    // SAFETY: as above.
    public void Read(uint offset, Span<byte> destination) =>
        new ReadOnlySpan<byte>(At(offset, (uint)destination.Length), destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    // SAFETY: as above.
    public void Write(uint offset, ReadOnlySpan<byte> source) =>
        source.CopyTo(new Span<byte>(At(offset, (uint)source.Length), source.Length));

    // SAFETY: the only place that makes a pointer; the range is checked to lie inside the ring's memory.
    private byte* At(uint offset, uint bytes)
    {
        if (offset > _bytes || bytes > _bytes - offset)
        {
            throw new InvalidOperationException("A ring's layout reaches outside its memory.");
        }

        return _base + offset;
    }
}
