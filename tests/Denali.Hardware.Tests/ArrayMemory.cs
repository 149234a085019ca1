// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Denali.Hardware.Tests;

/// <summary>Ring memory in an array, with real ordering, for well-behaved sides on one or two threads.</summary>
internal readonly struct ArrayMemory(byte[] bytes) : IRingMemory
{
    public static ArrayMemory For(RingLayout layout) =>
        new(new byte[layout.DataOffset + (layout.EntryBytes * layout.EntryCount)]);

    public uint LoadAcquire(uint offset) => Volatile.Read(ref Index(offset));

    public void StoreRelease(uint offset, uint value) => Volatile.Write(ref Index(offset), value);

    public void Read(uint offset, Span<byte> destination) =>
        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);

    public void Write(uint offset, ReadOnlySpan<byte> source) =>
        source.CopyTo(bytes.AsSpan((int)offset, source.Length));

    /// <summary>Sets both indices, as if that many entries had passed through.</summary>
    /// <param name="layout">The ring.</param>
    /// <param name="index">The value of both.</param>
    public void StartAt(RingLayout layout, uint index)
    {
        StoreRelease(layout.HeaderOffset + RingHeader.ProducerOffset, index);
        StoreRelease(layout.HeaderOffset + RingHeader.ConsumerOffset, index);
    }

    private ref uint Index(uint offset) => ref Unsafe.As<byte, uint>(ref bytes.AsSpan((int)offset, sizeof(uint))[0]);
}
