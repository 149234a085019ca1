// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Images;

/// <summary>The fields of an ELF64 file header (gABI, ELF Header) that the parser needs; read, not yet believed.
/// </summary>
internal readonly record struct FileHeader
{
    /// <summary>Reads the fields.</summary>
    /// <param name="file">At least <see cref="Elf.FileHeaderBytes"/> bytes.</param>
    public FileHeader(ReadOnlySpan<byte> file)
    {
        Magic = BinaryPrimitives.ReadUInt32LittleEndian(file);
        Class = file[4];
        Data = file[5];
        IdentVersion = file[6];
        Abi = file[7];
        Type = BinaryPrimitives.ReadUInt16LittleEndian(file[16..]);
        Machine = BinaryPrimitives.ReadUInt16LittleEndian(file[18..]);
        Version = BinaryPrimitives.ReadUInt32LittleEndian(file[20..]);
        Entry = BinaryPrimitives.ReadUInt64LittleEndian(file[24..]);
        ProgramHeaderOffset = BinaryPrimitives.ReadUInt64LittleEndian(file[32..]);
        SectionHeaderOffset = BinaryPrimitives.ReadUInt64LittleEndian(file[40..]);
        HeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(file[52..]);
        ProgramHeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(file[54..]);
        ProgramHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(file[56..]);
        SectionHeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(file[58..]);
        SectionHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(file[60..]);
        SectionNamesIndex = BinaryPrimitives.ReadUInt16LittleEndian(file[62..]);
    }

    /// <summary>EI_MAG0..3.</summary>
    public uint Magic { get; }

    /// <summary>EI_CLASS.</summary>
    public byte Class { get; }

    /// <summary>EI_DATA.</summary>
    public byte Data { get; }

    /// <summary>EI_VERSION.</summary>
    public byte IdentVersion { get; }

    /// <summary>EI_OSABI.</summary>
    public byte Abi { get; }

    /// <summary>e_type.</summary>
    public ushort Type { get; }

    /// <summary>e_machine.</summary>
    public ushort Machine { get; }

    /// <summary>e_version.</summary>
    public uint Version { get; }

    /// <summary>e_entry.</summary>
    public ulong Entry { get; }

    /// <summary>e_phoff.</summary>
    public ulong ProgramHeaderOffset { get; }

    /// <summary>e_shoff.</summary>
    public ulong SectionHeaderOffset { get; }

    /// <summary>e_ehsize.</summary>
    public ushort HeaderBytes { get; }

    /// <summary>e_phentsize.</summary>
    public ushort ProgramHeaderBytes { get; }

    /// <summary>e_phnum.</summary>
    public ushort ProgramHeaderCount { get; }

    /// <summary>e_shentsize.</summary>
    public ushort SectionHeaderBytes { get; }

    /// <summary>e_shnum.</summary>
    public ushort SectionHeaderCount { get; }

    /// <summary>e_shstrndx.</summary>
    public ushort SectionNamesIndex { get; }
}
