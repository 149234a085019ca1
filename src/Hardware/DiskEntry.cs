// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>One row of the disk table in the register page.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct DiskEntry
{
    /// <summary>Size of the structure in bytes.</summary>
    public const int SizeOf = 16;

    /// <summary>Most disks that a VM can have.</summary>
    public const uint MaxCount = 8;

    /// <summary>Bytes in a sector.</summary>
    public const uint SectorBytes = 4096;

    /// <summary>Bit of <see cref="Flags"/>: writes are refused.</summary>
    public const uint ReadOnlyFlag = 1;

    /// <summary>IN: size of the disk in sectors of <see cref="SectorBytes"/>.</summary>
    [FieldOffset(0)] public ulong SectorCount;

    /// <summary>IN: <see cref="ReadOnlyFlag"/> or 0.</summary>
    [FieldOffset(8)] public uint Flags;
}
