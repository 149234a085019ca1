// SPDX-License-Identifier: MIT
using System.Numerics;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>The buffers of the kernel's own stack: kept by size, the last returned first.</summary>
/// <param name="lentBytesMax">Most bytes that are lent at a time.</param>
internal sealed class HostBuffers(long lentBytesMax = HostBuffers.LentBytesMax) : BufferAllocator
{
    /// <summary>
    /// Most bytes that the stack holds: 128 KiB for each of the connections that VMs may have to the outside. Beyond
    /// it connections go on with what they have, and datagrams are lost.
    /// </summary>
    internal const long LentBytesMax = 512L << 20;

    // More is left to the garbage collector, so that a busy hour is not paid for all day.
    private const long KeptBytesMax = 64L << 20;
    private const int SmallestLog2 = 11;
    private const int SizeCount = 14;

    private readonly byte[][][] _kept = new byte[SizeCount][][];
    private readonly int[] _counts = new int[SizeCount];
    private long _keptBytes;
    private long _lentBytes;

    /// <inheritdoc/>
    public override byte[]? Rent(int bytes)
    {
        if (_lentBytes + bytes > lentBytesMax)
        {
            return null;
        }

        _lentBytes += bytes;
        int size = BitOperations.Log2((uint)bytes) - SmallestLog2;
        ref int count = ref _counts[size];
        if (count == 0)
        {
            return new byte[bytes];
        }

        count--;
        _keptBytes -= bytes;
        return _kept[size][count];
    }

    /// <inheritdoc/>
    public override void Return(byte[] buffer)
    {
        _lentBytes -= buffer.Length;
        if (_keptBytes + buffer.Length > KeptBytesMax)
        {
            return;
        }

        int size = BitOperations.Log2((uint)buffer.Length) - SmallestLog2;
        ref byte[][] kept = ref _kept[size];
        kept ??= new byte[16][];
        ref int count = ref _counts[size];
        if (count == kept.Length)
        {
            System.Array.Resize(ref kept, count * 2);
        }

        kept[count++] = buffer;
        _keptBytes += buffer.Length;
    }
}
