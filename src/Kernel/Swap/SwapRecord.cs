// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Denali.Kernel.Swap;

/// <summary>
/// The head of a record, which says all that the directory says and where the record's blocks are; what follows is the
/// VM's chain of blocks, each behind its length. Its sum is over both.
/// </summary>
internal static class SwapRecord
{
    /// <summary>Most runs of a record: so many fit into the first block. A record of as many blocks always finds
    /// room if there is any.</summary>
    internal const int RunMax = (SwapLayout.BlockBytes - FixedBytes) / RunBytes;

    private const int RunBytes = 8;
    private const int EntryAt = 8;
    private const int RunCountAt = EntryAt + SwapEntry.SizeBytes;
    private const int CapacityAt = RunCountAt + 4;
    private const int ChecksumAt = CapacityAt + 4;
    private const int FixedBytes = ChecksumAt + 8;

    // "DenPark" and a zero, first byte lowest.
    private const ulong Magic = 0x006B_7261_506E_6544;

    /// <summary>Length of the head of a record with so many bytes behind it.</summary>
    internal static int HeadBytes(long payloadBytes)
    {
        long blocks = SwapLayout.BlocksOf(FixedBytes + RunBytes + payloadBytes) + 1;
        return FixedBytes + ((int)Math.Min(blocks, RunMax) * RunBytes);
    }

    /// <summary>Writes a head, but for its sum.</summary>
    /// <param name="bytes">As long as <see cref="HeadBytes"/> says.</param>
    /// <param name="entry">What the directory will say.</param>
    /// <param name="runs">Where the record is.</param>
    internal static void Write(Span<byte> bytes, in SwapEntry entry, ReadOnlySpan<SwapRun> runs)
    {
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        entry.Write(bytes[EntryAt..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[RunCountAt..], runs.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[CapacityAt..], (bytes.Length - FixedBytes) / RunBytes);
        for (int i = 0; i < runs.Length; i++)
        {
            SwapEntry.WriteRun(bytes[(FixedBytes + (i * RunBytes))..], runs[i]);
        }
    }

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">The record's first bytes, a block's at least.</param>
    /// <param name="entry">What it says of the VM.</param>
    /// <param name="runs">Gets where the record is.</param>
    /// <param name="runCount">How many runs there are.</param>
    /// <param name="headBytes">Its length.</param>
    /// <returns>False if this is none.</returns>
    internal static bool TryRead(
        ReadOnlySpan<byte> bytes, out SwapEntry entry, Span<SwapRun> runs, out int runCount, out int headBytes)
    {
        runCount = 0;
        headBytes = 0;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || !SwapEntry.TryRead(bytes[EntryAt..], out entry))
        {
            entry = default;
            return false;
        }

        int capacity = BinaryPrimitives.ReadInt32LittleEndian(bytes[CapacityAt..]);
        runCount = BinaryPrimitives.ReadInt32LittleEndian(bytes[RunCountAt..]);
        if (capacity is < 1 or > RunMax || runCount < 1 || runCount > capacity)
        {
            return false;
        }

        headBytes = FixedBytes + (capacity * RunBytes);
        for (int i = 0; i < runCount; i++)
        {
            runs[i] = SwapEntry.ReadRun(bytes[(FixedBytes + (i * RunBytes))..]);
        }

        return true;
    }

    /// <summary>The part of a head that its sum is over: all before the sum, then all behind it.</summary>
    internal static void Hash(ReadOnlySpan<byte> head, XxHash3 hash)
    {
        hash.Append(head[..ChecksumAt]);
        hash.Append(head[FixedBytes..]);
    }

    /// <summary>Puts the sum in.</summary>
    internal static void WriteChecksum(Span<byte> head, ulong checksum) =>
        BinaryPrimitives.WriteUInt64LittleEndian(head[ChecksumAt..], checksum);

    /// <summary>The sum.</summary>
    internal static ulong ReadChecksum(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadUInt64LittleEndian(head[ChecksumAt..]);
}
