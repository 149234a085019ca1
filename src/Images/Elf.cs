// SPDX-License-Identifier: MIT
namespace Denali.Images;

/// <summary>Constants of ELF64 files (ELF gABI and its AMD64 supplement, which give the names in capitals).</summary>
internal static class Elf
{
    /// <summary>Bytes of Elf64_Ehdr.</summary>
    public const int FileHeaderBytes = 64;

    /// <summary>Bytes of Elf64_Phdr.</summary>
    public const int ProgramHeaderBytes = 56;

    /// <summary>Bytes of Elf64_Shdr.</summary>
    public const int SectionHeaderBytes = 64;

    /// <summary>Bytes of Elf64_Sym.</summary>
    public const int SymbolBytes = 24;

    /// <summary>Bytes of a note's header: namesz, descsz, type.</summary>
    public const int NoteHeaderBytes = 12;

    /// <summary>The magic number, read as a little-endian word: 0x7F 'E' 'L' 'F'.</summary>
    public const uint Magic = 0x464C457F;

    /// <summary>ELFCLASS64.</summary>
    public const byte Class64 = 2;

    /// <summary>ELFDATA2LSB.</summary>
    public const byte DataLittleEndian = 1;

    /// <summary>EV_CURRENT.</summary>
    public const uint VersionCurrent = 1;

    /// <summary>ELFOSABI_NONE, System V.</summary>
    public const byte AbiSystemV = 0;

    /// <summary>ELFOSABI_GNU: the linker writes it when a GNU symbol kind occurs.</summary>
    public const byte AbiGnu = 3;

    /// <summary>ET_EXEC.</summary>
    public const ushort TypeExecutable = 2;

    /// <summary>ET_DYN.</summary>
    public const ushort TypeDynamic = 3;

    /// <summary>EM_X86_64.</summary>
    public const ushort MachineX64 = 62;

    /// <summary>PT_LOAD.</summary>
    public const uint SegmentLoad = 1;

    /// <summary>PT_DYNAMIC.</summary>
    public const uint SegmentDynamic = 2;

    /// <summary>PT_INTERP.</summary>
    public const uint SegmentInterpreter = 3;

    /// <summary>PT_NOTE.</summary>
    public const uint SegmentNote = 4;

    /// <summary>SHT_SYMTAB.</summary>
    public const uint SectionSymbols = 2;

    /// <summary>SHT_STRTAB.</summary>
    public const uint SectionStrings = 3;

    /// <summary>SHT_NOBITS.</summary>
    public const uint SectionNoBits = 8;

    /// <summary>SHF_COMPRESSED.</summary>
    public const ulong SectionCompressed = 0x800;

    /// <summary>STT_NOTYPE: what a label in assembly has if nobody says more.</summary>
    public const int SymbolNoType = 0;

    /// <summary>STT_OBJECT.</summary>
    public const int SymbolObject = 1;

    /// <summary>STT_FUNC.</summary>
    public const int SymbolFunction = 2;

    /// <summary>STB_GLOBAL.</summary>
    public const int BindingGlobal = 1;

    /// <summary>SHN_UNDEF.</summary>
    public const ushort SectionIndexUndefined = 0;

    /// <summary>SHN_LORESERVE: section indices from here on are not sections.</summary>
    public const ushort SectionIndexReserved = 0xFF00;
}
