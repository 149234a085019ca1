// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Denali.Hardware;

namespace Denali.Images.Tests;

/// <summary>Writes ELF64 files in memory, right or wrong in one chosen place.</summary>
/// <remarks>The fields start as those of a valid image: code, constants, data with zeros behind it, one Denali note,
/// a symbol table.</remarks>
public sealed class ElfBuilder
{
    public const ulong CodeAddress = AddressMap.ImageBase;
    public const ulong ConstantsAddress = CodeAddress + 0x1000;
    public const ulong DataAddress = CodeAddress + 0x2000;

    public ElfBuilder()
    {
        var code = new byte[0x180];
        Array.Fill(code, (byte)0xCC);
        Code = new ElfSegment { Flags = ElfSegment.R | ElfSegment.X, Address = CodeAddress, Bytes = code };
        Constants = new ElfSegment { Address = ConstantsAddress, Bytes = new byte[0x40] };
        Data = new ElfSegment
        {
            Flags = ElfSegment.R | ElfSegment.W,
            Address = DataAddress + 0x10,
            Bytes = new byte[0x30],
            MemoryBytes = 0x2100,
        };
        NoteSegment = new ElfSegment { Type = ElfSegment.Note, Align = 4 };
        Segments = [Code, Constants, Data, NoteSegment, new ElfSegment { Type = ElfSegment.GnuStack }];
        Symbols =
        [
            new("hello_Hello__Main", CodeAddress + 0x40, 0x80),
            new("_start", CodeAddress, 0x40),
        ];
    }

    public ElfSegment Code { get; }

    public ElfSegment Constants { get; }

    public ElfSegment Data { get; }

    public ElfSegment NoteSegment { get; }

    public List<ElfSegment> Segments { get; }

    public List<ElfSymbol> Symbols { get; }

    public List<ElfSection> Sections { get; } = [];

    public ulong Entry { get; set; } = CodeAddress + 4;

    public ImageNote Note { get; set; } = new()
    {
        ArchitectureVersion = RegisterPage.CurrentVersion,
        ProcessorLevel = 3,
        MemoryBytes = 4 << 20,
        RequiredFeatures = FeatureBits.Console | FeatureBits.Nic,
        StackBytes = 64 * 1024,
        StackCount = 8,
    };

    /// <summary>Overrides the content of the note segment.</summary>
    public byte[]? NoteBytes { get; set; }

    /// <summary>Overrides the content of .symtab.</summary>
    public byte[]? SymbolBytes { get; set; }

    /// <summary>Overrides the content of .strtab.</summary>
    public byte[]? StringBytes { get; set; }

    /// <summary>Whether section headers and a symbol table are written.</summary>
    public bool HasSections { get; set; } = true;

    /// <summary>An image as it should be.</summary>
    public static byte[] Valid() => new ElfBuilder().Build();

    /// <summary>A note entry.</summary>
    public static byte[] NoteEntry(string owner, uint type, byte[] descriptor, int align = 4)
    {
        byte[] name = Encoding.ASCII.GetBytes(owner + '\0');
        int descriptorAt = Up(12 + name.Length, align);
        var entry = new byte[Up(descriptorAt + descriptor.Length, align)];
        BinaryPrimitives.WriteInt32LittleEndian(entry, name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(4), descriptor.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(8), type);
        name.CopyTo(entry, 12);
        descriptor.CopyTo(entry, descriptorAt);
        return entry;
    }

    /// <summary>The descriptor of a Denali note.</summary>
    public static byte[] Descriptor(ImageNote note)
    {
        var bytes = new byte[ImageNote.SizeOf];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, note.ArchitectureVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), note.ProcessorLevel);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), note.MemoryBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), (ulong)note.RequiredFeatures);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), note.StackBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), note.StackCount);
        return bytes;
    }

    /// <summary>Writes the file.</summary>
    public byte[] Build()
    {
        NoteSegment.Bytes = NoteBytes ?? NoteEntry("Denali", ImageNote.NoteType, Descriptor(Note));
        var file = new MemoryStream();
        file.SetLength(64 + (Segments.Count * 56));
        file.Position = file.Length;
        var headers = new List<byte[]>();
        foreach (ElfSegment segment in Segments)
        {
            headers.Add(SegmentHeader(segment, (ulong)Append(file, segment.Bytes)));
        }

        (long sectionsAt, int sectionCount) = HasSections ? WriteSections(file) : (0, 0);
        file.Position = 0;
        file.Write(FileHeader(sectionsAt, sectionCount));
        foreach (byte[] header in headers)
        {
            file.Write(header);
        }

        return file.ToArray();
    }

    private static int Up(int value, int align) => (value + align - 1) / align * align;

    private static long Append(MemoryStream file, byte[] bytes)
    {
        file.Position = Up((int)file.Length, 8);
        long offset = file.Position;
        file.Write(bytes);
        return offset;
    }

    private static byte[] SegmentHeader(ElfSegment segment, ulong offset)
    {
        var bytes = new byte[56];
        ulong length = (ulong)segment.Bytes.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, segment.Type);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), segment.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), segment.Offset ?? offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), segment.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), segment.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), segment.FileBytes ?? length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), segment.MemoryBytes ?? length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(48), segment.Align);
        return bytes;
    }

    private static byte[] SectionHeader(ElfSection section, uint name, ulong offset)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, name);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), section.Type);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), section.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), section.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), (ulong)section.Bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), section.Link);
        return bytes;
    }

    private byte[] FileHeader(long sectionsAt, int sectionCount)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0x464C457F);
        bytes[4] = 2;
        bytes[5] = 1;
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), 62);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Entry);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), 64);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), sectionsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(52), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(56), (ushort)Segments.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(60), (ushort)sectionCount);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(62), (ushort)Math.Max(0, sectionCount - 1));
        return bytes;
    }

    /// <summary>Order: null, .text, .symtab, .strtab, the extra ones, .shstrtab.</summary>
    private (long Offset, int Count) WriteSections(MemoryStream file)
    {
        var strings = new MemoryStream();
        var symbols = new MemoryStream();
        strings.WriteByte(0);
        symbols.Write(new byte[24]);
        foreach (ElfSymbol symbol in Symbols)
        {
            symbols.Write(SymbolEntry(symbol, (uint)strings.Length));
            strings.Write(Encoding.Latin1.GetBytes(symbol.Name + '\0'));
        }

        var sections = new List<ElfSection>
        {
            new(".text", Code.Bytes, Address: Code.Address, Flags: 6),
            new(".symtab", SymbolBytes ?? symbols.ToArray(), Type: 2, Link: 3),
            new(".strtab", StringBytes ?? strings.ToArray(), Type: 3),
        };
        sections.AddRange(Sections);
        var names = new MemoryStream();
        names.WriteByte(0);
        var nameOffsets = new List<uint>();
        foreach (string name in (string[])[.. sections.ConvertAll(section => section.Name), ".shstrtab"])
        {
            nameOffsets.Add((uint)names.Length);
            names.Write(Encoding.ASCII.GetBytes(name + '\0'));
        }

        sections.Add(new(".shstrtab", names.ToArray(), Type: 3));
        var headers = new MemoryStream();
        headers.Write(new byte[64]);
        for (int index = 0; index < sections.Count; index++)
        {
            headers.Write(SectionHeader(
                sections[index], nameOffsets[index], (ulong)Append(file, sections[index].Bytes)));
        }

        return (Append(file, headers.ToArray()), sections.Count + 1);
    }

    private static byte[] SymbolEntry(ElfSymbol symbol, uint name)
    {
        var bytes = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, name);
        bytes[4] = (byte)((symbol.Binding << 4) | symbol.Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), symbol.Section);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), symbol.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), symbol.Size);
        return bytes;
    }
}
