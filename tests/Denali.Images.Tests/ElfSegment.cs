// SPDX-License-Identifier: MIT
namespace Denali.Images.Tests;

/// <summary>One program header to write; bytes are placed in the file if there are any.</summary>
public sealed class ElfSegment
{
    public const uint Load = 1;
    public const uint Dynamic = 2;
    public const uint Interpreter = 3;
    public const uint Note = 4;
    public const uint GnuStack = 0x6474E551;
    public const uint X = 1;
    public const uint W = 2;
    public const uint R = 4;

    public uint Type { get; set; } = Load;

    public uint Flags { get; set; } = R;

    public ulong Address { get; set; }

    public byte[] Bytes { get; set; } = [];

    /// <summary>Overrides the size in memory.</summary>
    public ulong? MemoryBytes { get; set; }

    /// <summary>Overrides the size in the file.</summary>
    public ulong? FileBytes { get; set; }

    /// <summary>Overrides the offset in the file.</summary>
    public ulong? Offset { get; set; }

    public ulong Align { get; set; } = 4096;
}
