// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Denali.Images;

/// <summary>Finds sections of an ELF64 file. Damage makes sections absent, never an exception.</summary>
/// <param name="file">The whole file, at least a file header long.</param>
internal readonly struct SectionReader(ReadOnlyMemory<byte> file)
{
    private readonly ReadOnlyMemory<byte> _file = file;
    private readonly FileHeader _header = new(file.Span);

    /// <summary>Number of section headers that can be read, at most <see cref="ImageLimits.SectionCountMax"/>.
    /// </summary>
    public int Count
    {
        get
        {
            ulong end = (ulong)_file.Length;
            if (_header.SectionHeaderBytes != Elf.SectionHeaderBytes || _header.SectionHeaderOffset >= end)
            {
                return 0;
            }

            ulong room = (end - _header.SectionHeaderOffset) / Elf.SectionHeaderBytes;
            ulong count = Math.Min(_header.SectionHeaderCount, room);
            return (int)Math.Min(count, ImageLimits.SectionCountMax);
        }
    }

    /// <summary>The first section with a name that has bytes in the file.</summary>
    /// <param name="name">Name in ASCII.</param>
    /// <param name="section">The section.</param>
    /// <returns>False if there is none, or it is compressed or damaged.</returns>
    public bool TryFind(string name, out ImageSection section)
    {
        section = default;
        int count = Count;
        if (!TryHeader(_header.SectionNamesIndex, count, out SectionHeader names) ||
            !TryBytes(names, out ReadOnlyMemory<byte> strings))
        {
            return false;
        }

        byte[] wanted = Encoding.ASCII.GetBytes(name + '\0');
        for (int index = 1; index < count; index++)
        {
            if (TryHeader((uint)index, count, out SectionHeader header) && header.NameOffset < strings.Length &&
                strings.Span[(int)header.NameOffset..].StartsWith(wanted) &&
                TryBytes(header, out ReadOnlyMemory<byte> bytes))
            {
                section = new ImageSection(header.Address, bytes);
                return true;
            }
        }

        return false;
    }

    /// <summary>The symbol table and its strings.</summary>
    /// <param name="symbols">Bytes of the first SHT_SYMTAB section.</param>
    /// <param name="strings">Bytes of the string table that it links to.</param>
    /// <returns>False if either is absent or damaged.</returns>
    public bool TryFindSymbols(out ReadOnlyMemory<byte> symbols, out ReadOnlyMemory<byte> strings)
    {
        int count = Count;
        for (int index = 1; index < count; index++)
        {
            if (TryHeader((uint)index, count, out SectionHeader header) && header.Type == Elf.SectionSymbols &&
                TryHeader(header.Link, count, out SectionHeader linked) && linked.Type == Elf.SectionStrings &&
                TryBytes(linked, out strings) && TryBytes(header, out symbols))
            {
                return true;
            }
        }

        symbols = default;
        strings = default;
        return false;
    }

    private bool TryHeader(uint index, int count, out SectionHeader header)
    {
        if (index >= count)
        {
            header = default;
            return false;
        }

        // Count has checked that the headers below it lie inside the file.
        int offset = (int)_header.SectionHeaderOffset + ((int)index * Elf.SectionHeaderBytes);
        header = new SectionHeader(_file.Span.Slice(offset, Elf.SectionHeaderBytes));
        return true;
    }

    private bool TryBytes(SectionHeader header, out ReadOnlyMemory<byte> bytes)
    {
        ulong end = (ulong)_file.Length;
        if (header.Type == Elf.SectionNoBits || (header.Flags & Elf.SectionCompressed) != 0 ||
            header.Offset > end || header.Bytes > end - header.Offset)
        {
            bytes = default;
            return false;
        }

        bytes = _file.Slice((int)header.Offset, (int)header.Bytes);
        return true;
    }
}
