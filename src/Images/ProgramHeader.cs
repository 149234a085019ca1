// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Images;

/// <summary>One program header (gABI, Program Header), read, not yet believed. The physical address is not
/// read: nothing here depends on it.</summary>
internal readonly record struct ProgramHeader
{
    /// <summary>Reads the fields.</summary>
    /// <param name="bytes">At least <see cref="Elf.ProgramHeaderBytes"/> bytes.</param>
    public ProgramHeader(ReadOnlySpan<byte> bytes)
    {
        Type = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        Flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        Offset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        Address = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        FileBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        MemoryBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]);
        Align = BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]);
    }

    /// <summary>p_type.</summary>
    public uint Type { get; }

    /// <summary>p_flags.</summary>
    public uint Flags { get; }

    /// <summary>p_offset.</summary>
    public ulong Offset { get; }

    /// <summary>p_vaddr.</summary>
    public ulong Address { get; }

    /// <summary>p_filesz.</summary>
    public ulong FileBytes { get; }

    /// <summary>p_memsz.</summary>
    public ulong MemoryBytes { get; }

    /// <summary>p_align.</summary>
    public ulong Align { get; }
}
