// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>Where a ring's parts lie, as offsets from the base of its <see cref="IRingMemory"/>.</summary>
public readonly struct RingLayout
{
    /// <summary>Most entries in a ring.</summary>
    public const uint EntryCountMax = 32768;

    /// <summary>Describes a ring.</summary>
    /// <param name="headerOffset">Offset of the <see cref="RingHeader"/>.</param>
    /// <param name="dataOffset">Offset of the first entry.</param>
    /// <param name="entryBytes">Bytes per entry, 1 to 64.</param>
    /// <param name="entryCount">Entries: a power of two up to <see cref="EntryCountMax"/>.</param>
    public RingLayout(uint headerOffset, uint dataOffset, uint entryBytes, uint entryCount)
    {
        HeaderOffset = headerOffset;
        DataOffset = dataOffset;
        EntryBytes = entryBytes;
        EntryCount = entryCount;
    }

    /// <summary>Offset of the <see cref="RingHeader"/>.</summary>
    public uint HeaderOffset { get; }

    /// <summary>Offset of the first entry.</summary>
    public uint DataOffset { get; }

    /// <summary>Bytes per entry.</summary>
    public uint EntryBytes { get; }

    /// <summary>Number of entries.</summary>
    public uint EntryCount { get; }

    /// <summary>Bytes of a ring whose header comes first and whose entries follow it.</summary>
    public uint TotalBytes => RingHeader.SizeOf + (EntryBytes * EntryCount);

    /// <summary>A ring at offset 0: header, then entries.</summary>
    /// <param name="entryBytes">Bytes per entry.</param>
    /// <param name="entryCount">Number of entries, a power of two.</param>
    /// <returns>The layout.</returns>
    public static RingLayout Contiguous(uint entryBytes, uint entryCount) =>
        new(0, RingHeader.SizeOf, entryBytes, entryCount);

    /// <summary>Whether a number of entries is allowed.</summary>
    /// <param name="entryCount">The number.</param>
    /// <returns>True for a power of two from 1 to <see cref="EntryCountMax"/>.</returns>
    public static bool IsValidEntryCount(uint entryCount) =>
        entryCount is > 0 and <= EntryCountMax && (entryCount & (entryCount - 1)) == 0;

    /// <summary>Offset of an entry.</summary>
    /// <param name="index">A free-running index.</param>
    /// <returns>Offset in bytes of the entry that the index selects.</returns>
    public uint OffsetOf(uint index) => DataOffset + ((index & (EntryCount - 1)) * EntryBytes);

    /// <summary>How many entries from an index on lie in one piece.</summary>
    /// <param name="index">A free-running index.</param>
    /// <returns>Entries up to the end of the ring's memory, at least 1.</returns>
    public uint ContiguousFrom(uint index) => EntryCount - (index & (EntryCount - 1));
}
