// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using Denali.Net;

namespace Ilwaco;

/// <summary>The network stack's buffers, from the heap.</summary>
/// <remarks>
/// <para>A connection that is busy takes and gives back the same sizes again and again, and the heap clears what it
/// gives out. So of each size a few are kept, until <see cref="Trim"/>; the one that was returned last is given out
/// first.</para>
/// <para>The kernel may still have to read a buffer that is given back: a send buffer that grew or whose connection
/// ended, with frames in the transmit ring; so with bytes that were lent. Such a buffer waits until the kernel has
/// consumed what was there.</para>
/// </remarks>
internal sealed class NetworkBuffers : BufferAllocator
{
    // Of the small sizes a connection or two for each; of the large ones one is a lot.
    private const int KeptPerSize = 4;
    private const int SmallestLog2 = 11;

    // Smaller ones are cleared when they are kept, so that a VM that idles does not keep what it has sent; for larger
    // ones that would cost more than it gives.
    private const int ClearedBytesMax = 8192;
    private const int SizeCount = 14;

    private readonly byte[]?[] _kept = new byte[]?[SizeCount * KeptPerSize];
    private readonly int[] _counts = new int[SizeCount];
    private Waiting[] _waiting = new Waiting[16];
    private int _waitingFirst;
    private int _waitingCount;

    /// <summary>The ring whose frames point into buffers.</summary>
    internal TransmitRing? Transmit { get; set; }

    /// <summary>Buffers were taken or given back since <see cref="BeginQuiet"/>.</summary>
    internal bool WasUsed { get; private set; }

    /// <summary>Whether something waits for the kernel to have consumed it.</summary>
    internal bool HasWaiting => _waitingCount > 0;

    /// <summary>Bytes that are kept.</summary>
    internal int KeptBytes { get; private set; }

    /// <inheritdoc/>
    public override byte[]? Rent(int bytes)
    {
        WasUsed = true;
        int size = BitOperations.Log2((uint)bytes) - SmallestLog2;
        ref int count = ref _counts[size];
        if (count > 0)
        {
            count--;
            ref byte[]? slot = ref _kept[(size * KeptPerSize) + count];
            byte[]? buffer = slot;
            slot = null;
            KeptBytes -= buffer!.Length;
            return buffer;
        }

        return Heap.TryAllocateBytes(bytes);
    }

    /// <inheritdoc/>
    public override void Return(byte[] buffer)
    {
        WasUsed = true;
        if (Transmit is not null && !Transmit.IsEmpty)
        {
            Wait(new Waiting { Buffer = buffer, ProducedCount = Transmit.ProducedCount });
            return;
        }

        Keep(buffer);
    }

    /// <inheritdoc/>
    public override void Return(in LentBytes lent)
    {
        WasUsed = true;
        if (Transmit is not null && !Transmit.IsEmpty)
        {
            Wait(new Waiting { Lent = lent, ProducedCount = Transmit.ProducedCount });
            return;
        }

        lent.Lender!.Return(lent);
    }

    /// <summary>Takes back the buffers that the kernel has no frames in any more.</summary>
    /// <param name="consumed">Entries of the transmit ring that it has consumed so far.</param>
    internal void OnConsumed(uint consumed)
    {
        while (_waitingCount > 0 && (int)(consumed - _waiting[_waitingFirst].ProducedCount) >= 0)
        {
            ref Waiting first = ref _waiting[_waitingFirst];
            if (first.Buffer is { } buffer)
            {
                Keep(buffer);
            }
            else
            {
                first.Lent.Lender!.Return(first.Lent);
            }

            first = default;
            _waitingFirst = (_waitingFirst + 1) & (_waiting.Length - 1);
            _waitingCount--;
        }
    }

    private void Wait(in Waiting what)
    {
        if (_waitingCount == _waiting.Length)
        {
            Waiting[] larger = new Waiting[_waitingCount * 2];
            for (int i = 0; i < _waitingCount; i++)
            {
                larger[i] = _waiting[(_waitingFirst + i) & (_waiting.Length - 1)];
            }

            Heap.Free(_waiting);
            _waiting = larger;
            _waitingFirst = 0;
        }

        _waiting[(_waitingFirst + _waitingCount) & (_waiting.Length - 1)] = what;
        _waitingCount++;
    }

    private void Keep(byte[] buffer)
    {
        int size = BitOperations.Log2((uint)buffer.Length) - SmallestLog2;
        ref int count = ref _counts[size];
        if (count < KeptPerSize)
        {
            if (buffer.Length <= ClearedBytesMax)
            {
                buffer.AsSpan().Clear();
            }

            _kept[(size * KeptPerSize) + count] = buffer;
            count++;
            KeptBytes += buffer.Length;
            return;
        }

        Heap.Free(buffer);
    }

    /// <summary>From now on <see cref="WasUsed"/> tells whether the network is quiet.</summary>
    internal void BeginQuiet() => WasUsed = false;

    /// <summary>Gives back what was kept.</summary>
    internal void Trim()
    {
        for (int size = 0; size < SizeCount; size++)
        {
            for (int i = 0; i < _counts[size]; i++)
            {
                ref byte[]? slot = ref _kept[(size * KeptPerSize) + i];
                Heap.Free(slot);
                slot = null;
            }

            _counts[size] = 0;
        }

        KeptBytes = 0;
    }

    /// <summary>A buffer, or lent bytes, that the kernel may still have to read.</summary>
    private struct Waiting
    {
        /// <summary>The buffer, or null.</summary>
        internal byte[]? Buffer;

        /// <summary>The lent bytes, if there is no buffer.</summary>
        internal LentBytes Lent;

        /// <summary>Entries of the transmit ring that the kernel must have consumed.</summary>
        internal uint ProducedCount;
    }
}
