// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>An entry of the disk completion ring: kernel to guest.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct DiskCompletion
{
    /// <summary>Size of the structure in bytes.</summary>
    public const int SizeOf = 8;

    /// <summary>IN: the request's tag.</summary>
    [FieldOffset(0)] public uint Tag;

    /// <summary>IN: how it went.</summary>
    [FieldOffset(4)] public DiskStatus Status;
}
