// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>An entry of the disk request ring: guest to kernel. Requests complete in any order.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct DiskRequest
{
    /// <summary>Size of the structure in bytes.</summary>
    public const int SizeOf = 32;

    /// <summary>Most sectors of one request: 64 KiB.</summary>
    public const uint SectorMax = 16;

    /// <summary>OUT: what to do.</summary>
    [FieldOffset(0)] public DiskOperation Operation;

    /// <summary>OUT: index into the disk table.</summary>
    [FieldOffset(4)] public uint DiskIndex;

    /// <summary>OUT: first sector.</summary>
    [FieldOffset(8)] public ulong Sector;

    /// <summary>OUT: address of the data, a multiple of 4096.</summary>
    [FieldOffset(16)] public ulong Address;

    /// <summary>OUT: number of sectors, 1 to <see cref="SectorMax"/>.</summary>
    [FieldOffset(24)] public uint SectorCount;

    /// <summary>OUT: comes back in <see cref="DiskCompletion.Tag"/>.</summary>
    [FieldOffset(28)] public uint Tag;
}
