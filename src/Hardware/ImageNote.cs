// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>
/// The descriptor of the ELF note that makes an ELF64 file a Denali image: owner name "Denali" (with its NUL), type
/// <see cref="NoteType"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct ImageNote
{
    /// <summary>Size of the structure in bytes. A longer descriptor from a later version is accepted.</summary>
    public const int SizeOf = 32;

    /// <summary>The note's type.</summary>
    public const uint NoteType = 1;

    /// <summary>Smallest stack in bytes, including its guard page.</summary>
    public const uint StackMinBytes = 2 * AddressMap.PageBytes;

    /// <summary>Largest stack in bytes.</summary>
    public const uint StackMaxBytes = 16u << 20;

    /// <summary>Most stacks in the stack area.</summary>
    public const uint StackCountMax = 4096;

    /// <summary>Architecture version that the image is built for.</summary>
    [FieldOffset(0)] public uint ArchitectureVersion;

    /// <summary>Processor level it needs: 2, 3 or 4 for x86-64-v2, -v3, -v4.</summary>
    [FieldOffset(4)] public uint ProcessorLevel;

    /// <summary>Memory size that it asks for in bytes; a multiple of the chunk size.</summary>
    [FieldOffset(8)] public ulong MemoryBytes;

    /// <summary>Devices that it cannot do without.</summary>
    [FieldOffset(16)] public FeatureBits RequiredFeatures;

    /// <summary>Bytes per stack including its guard page; a multiple of the page size.</summary>
    [FieldOffset(24)] public uint StackBytes;

    /// <summary>Number of stacks, at least 1.</summary>
    [FieldOffset(28)] public uint StackCount;
}
