// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>A ring that lies in this VM's own memory.</summary>
/// <remarks>The kernel looks only while the VM does not run; on x64 the order costs nothing anyway.</remarks>
public readonly unsafe struct GuestRingMemory : IRingMemory
{
    private readonly byte* _base;

    /// <summary>Takes memory that the caller keeps valid for as long as the ring is used.</summary>
    /// <param name="address">What the offsets count from.</param>
    public GuestRingMemory(void* address) => _base = (byte*)address;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint LoadAcquire(uint offset) => Volatile.Read(ref *(uint*)(_base + offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreRelease(uint offset, uint value) => Volatile.Write(ref *(uint*)(_base + offset), value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read(uint offset, Span<byte> destination) =>
        new ReadOnlySpan<byte>(_base + offset, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint offset, ReadOnlySpan<byte> source) =>
        source.CopyTo(new Span<byte>(_base + offset, source.Length));
}
