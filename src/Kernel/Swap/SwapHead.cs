// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Denali.Kernel.Swap;

/// <summary>The first bytes of a swap file.</summary>
internal struct SwapHead
{
    /// <summary>Version of the layout of all that is in the file.</summary>
    internal const uint CurrentVersion = 1;

    /// <summary>Length of what is used of it.</summary>
    internal const int SizeBytes = 64;

    // "DenSwap" and a zero, first byte lowest.
    private const ulong Magic = 0x0070_6177_536E_6544;
    private const int ChecksumAt = SizeBytes - sizeof(ulong);

    /// <summary>Version that the file was written as.</summary>
    internal uint Version;

    /// <summary>
    /// Everything in it is on the disk. Else it is as good as the memory of the host: good until that is started anew.
    /// </summary>
    internal bool IsClean;

    /// <summary>Which run of the host's kernel wrote it.</summary>
    internal Guid BootId;

    /// <summary>No directory entry at or behind this index was ever written.</summary>
    internal int EntryLimit;

    /// <summary>Writes it.</summary>
    internal readonly void Write(Span<byte> bytes)
    {
        bytes[..SizeBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Version);
        bytes[12] = IsClean ? (byte)1 : (byte)0;
        _ = BootId.TryWriteBytes(bytes[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[32..], EntryLimit);
        BinaryPrimitives.WriteUInt64LittleEndian(
            bytes[ChecksumAt..], XxHash3.HashToUInt64(bytes[..ChecksumAt]));
    }

    /// <summary>Reads it.</summary>
    /// <returns>False if this is no swap file, or its head is damaged.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out SwapHead head)
    {
        head = default;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..])
                != XxHash3.HashToUInt64(bytes[..ChecksumAt]))
        {
            return false;
        }

        head = new SwapHead
        {
            Version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            IsClean = bytes[12] == 1,
            BootId = new Guid(bytes.Slice(16, 16)),
            EntryLimit = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
        };
        return true;
    }
}
