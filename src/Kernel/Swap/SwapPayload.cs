// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Kernel.Memory;

namespace Denali.Kernel.Swap;

/// <summary>A record on its way to the file and back: its head, then each block of the VM's chain behind its
/// length.</summary>
internal static class SwapPayload
{
    /// <summary>Bytes behind the head that a chain takes.</summary>
    internal static long BytesOf(long chain)
    {
        long bytes = 0;
        while (chain != BlockStore.None)
        {
            bytes += sizeof(int) + BlockStore.Read(chain, out chain).Length;
        }

        return bytes;
    }

    /// <summary>Writes a record.</summary>
    /// <param name="entry">What the directory will say.</param>
    /// <param name="runs">Where the record will be.</param>
    /// <param name="headBytes">Length of its head.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="stream">Where to; it has begun.</param>
    /// <exception cref="System.IO.IOException">The device refused.</exception>
    internal static void Write(
        in SwapEntry entry, ReadOnlySpan<SwapRun> runs, int headBytes, long chain, SwapStream stream)
    {
        Span<byte> head = stackalloc byte[headBytes];
        Span<byte> length = stackalloc byte[sizeof(int)];
        SwapRecord.Write(head, entry, runs);
        _ = stream.TakeHash();
        SwapRecord.Hash(head, stream.Hash);
        for (long rest = chain; rest != BlockStore.None;)
        {
            ReadOnlySpan<byte> block = BlockStore.Read(rest, out rest);
            BinaryPrimitives.WriteInt32LittleEndian(length, block.Length);
            stream.Hash.Append(length);
            stream.Hash.Append(block);
        }

        SwapRecord.WriteChecksum(head, stream.TakeHash());
        stream.Write(head);
        for (long rest = chain; rest != BlockStore.None;)
        {
            ReadOnlySpan<byte> block = BlockStore.Read(rest, out rest);
            BinaryPrimitives.WriteInt32LittleEndian(length, block.Length);
            stream.Write(length);
            stream.Write(block);
        }

        stream.EndWrite();
    }

    /// <summary>Reads what is behind a head.</summary>
    /// <param name="head">The head.</param>
    /// <param name="bytes">How much follows.</param>
    /// <param name="store">Gets the chain.</param>
    /// <param name="stream">Where from; it stands behind the head.</param>
    /// <param name="chain">The chain. The caller frees it if this throws.</param>
    /// <returns>False if it is not what was written; then there is no chain.</returns>
    /// <exception cref="System.IO.IOException">The device refused.</exception>
    internal static bool TryRead(
        ReadOnlySpan<byte> head, long bytes, BlockStore store, SwapStream stream, out long chain)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        bool isGood = true;
        chain = BlockStore.None;
        _ = stream.TakeHash();
        SwapRecord.Hash(head, stream.Hash);
        while (bytes > 0 && isGood)
        {
            // A length that goes beyond the end is found by the bounds, any other by the sum.
            int count = -1;
            bytes -= sizeof(int);
            if (bytes >= 0)
            {
                stream.Read(length);
                stream.Hash.Append(length);
                count = BinaryPrimitives.ReadInt32LittleEndian(length);
            }

            isGood = count >= 0 && count <= bytes;
            if (isGood)
            {
                chain = store.Add(count, chain, out Span<byte> block);
                stream.Read(block);
                stream.Hash.Append(block);
                bytes -= count;
            }
        }

        if (stream.TakeHash() == SwapRecord.ReadChecksum(head) && isGood)
        {
            return true;
        }

        store.Free(chain);
        chain = BlockStore.None;
        return false;
    }
}
