// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Images;

/// <summary>One section header (gABI, Sections), read, not yet believed.</summary>
internal readonly record struct SectionHeader
{
    /// <summary>Reads the fields.</summary>
    /// <param name="bytes">At least <see cref="Elf.SectionHeaderBytes"/> bytes.</param>
    public SectionHeader(ReadOnlySpan<byte> bytes)
    {
        NameOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        Type = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        Flags = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        Address = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        Offset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        Bytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        Link = BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]);
    }

    /// <summary>sh_name.</summary>
    public uint NameOffset { get; }

    /// <summary>sh_type.</summary>
    public uint Type { get; }

    /// <summary>sh_flags.</summary>
    public ulong Flags { get; }

    /// <summary>sh_addr.</summary>
    public ulong Address { get; }

    /// <summary>sh_offset.</summary>
    public ulong Offset { get; }

    /// <summary>sh_size.</summary>
    public ulong Bytes { get; }

    /// <summary>sh_link.</summary>
    public uint Link { get; }
}
