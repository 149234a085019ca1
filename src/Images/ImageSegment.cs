// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Denali.Images;

/// <summary>A checked PT_LOAD segment: bytes of the file that belong at a guest address, then zeros.</summary>
/// <remarks>
/// The segment owns every page it touches: no other segment has a byte in <see cref="PageBase"/>..
/// <see cref="PageEnd"/>. The bytes of those pages outside the segment are zero, not bytes of the file.
/// </remarks>
/// <param name="Address">Guest address of the first byte; need not be page-aligned.</param>
/// <param name="MemoryBytes">Bytes in memory, at least 1 and at least <paramref name="FileBytes"/>.</param>
/// <param name="FileOffset">Offset of the first byte in the file.</param>
/// <param name="FileBytes">Bytes taken from the file, possibly 0; the range lies inside the file.</param>
/// <param name="Permissions">Access for the guest; never writable and executable.</param>
public readonly record struct ImageSegment(
    ulong Address, ulong MemoryBytes, int FileOffset, int FileBytes, SegmentPermissions Permissions)
{
    /// <summary>Guest address behind the last byte.</summary>
    public ulong End => Address + MemoryBytes;

    /// <summary>Guest address of the first page that the segment touches.</summary>
    public ulong PageBase => Address & ~(ulong)(AddressMap.PageBytes - 1);

    /// <summary>Guest address behind the last page that the segment touches.</summary>
    public ulong PageEnd => (End + AddressMap.PageBytes - 1) & ~(ulong)(AddressMap.PageBytes - 1);

    /// <summary>Whether the guest may execute it.</summary>
    public bool IsExecutable => (Permissions & SegmentPermissions.Execute) != 0;

    /// <summary>Whether the guest may write it.</summary>
    public bool IsWritable => (Permissions & SegmentPermissions.Write) != 0;

    /// <summary>Whether an address lies inside the segment.</summary>
    /// <param name="address">Any guest address.</param>
    /// <returns>True from <see cref="Address"/> up to, not including, <see cref="End"/>.</returns>
    public bool Contains(ulong address) => address >= Address && address - Address < MemoryBytes;
}
