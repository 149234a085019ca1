// SPDX-License-Identifier: MIT
namespace Denali.Images;

/// <summary>Why an image, or a memory size for it, is refused. Closed: each kind has one message
/// (<see cref="ImageError.Message"/>).</summary>
public enum ImageErrorKind
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The file is shorter than an ELF header.</summary>
    FileTooSmall,

    /// <summary>The file is larger than <see cref="ImageLimits.FileMaxBytes"/>.</summary>
    FileTooLarge,

    /// <summary>The file does not begin with the ELF magic number.</summary>
    NotElf,

    /// <summary>The file is not of the 64-bit class.</summary>
    NotElf64,

    /// <summary>The file is not little-endian.</summary>
    NotLittleEndian,

    /// <summary>The ELF version is not 1.</summary>
    UnknownElfVersion,

    /// <summary>The ELF ABI is neither System V nor GNU.</summary>
    ForeignAbi,

    /// <summary>The machine is not x86-64.</summary>
    WrongMachine,

    /// <summary>The file is an object file, a core dump or something else that is not linked to run.</summary>
    NotExecutable,

    /// <summary>The size of the file header or of a program header is not that of ELF64.</summary>
    BadHeaderSize,

    /// <summary>There are more than <see cref="ImageLimits.ProgramHeaderCountMax"/> program headers.</summary>
    TooManyProgramHeaders,

    /// <summary>The program headers do not lie inside the file.</summary>
    ProgramHeadersOutsideFile,

    /// <summary>The file is linked to run at any address (ET_DYN).</summary>
    PositionIndependent,

    /// <summary>The file wants a dynamic linker (PT_INTERP or PT_DYNAMIC).</summary>
    DynamicallyLinked,

    /// <summary>Nothing is to be loaded.</summary>
    NoSegments,

    /// <summary>There are more than <see cref="ImageLimits.SegmentCountMax"/> segments to load.</summary>
    TooManySegments,

    /// <summary>A segment's bytes do not lie inside the file.</summary>
    SegmentOutsideFile,

    /// <summary>A segment has more bytes in the file than in memory.</summary>
    SegmentLargerInFile,

    /// <summary>A segment begins below the lowest address for images.</summary>
    SegmentTooLow,

    /// <summary>A segment ends above the largest memory size, or its end overflows.</summary>
    SegmentTooHigh,

    /// <summary>A segment shares a page with the one before it, or they are not in ascending order.</summary>
    SegmentsOverlap,

    /// <summary>A segment is writable and executable.</summary>
    SegmentWritableAndExecutable,

    /// <summary>A segment is not readable.</summary>
    SegmentUnreadable,

    /// <summary>The entry point is not inside an executable segment.</summary>
    EntryNotExecutable,

    /// <summary>There is no Denali note.</summary>
    NoNote,

    /// <summary>There is more than one Denali note.</summary>
    SeveralNotes,

    /// <summary>A note segment is damaged: outside the file, too large, or an entry runs over its end.</summary>
    NotesDamaged,

    /// <summary>The Denali note's descriptor is too short.</summary>
    NoteTooShort,

    /// <summary>The image is built for another version of the architecture.</summary>
    WrongArchitectureVersion,

    /// <summary>The processor level is none of 2, 3, 4.</summary>
    BadProcessorLevel,

    /// <summary>The memory size that the note asks for is out of range or no multiple of the chunk size.</summary>
    BadMemorySize,

    /// <summary>The size of a stack is out of range or no multiple of the page size.</summary>
    BadStackSize,

    /// <summary>The number of stacks is out of range.</summary>
    BadStackCount,

    /// <summary>The image needs devices that this version does not know.</summary>
    UnknownFeatures,

    /// <summary>The segments and the stacks do not fit into the memory that the note asks for.</summary>
    DoesNotFit,

    /// <summary>The memory size asked for at start is out of the image's range or no multiple of the chunk size.
    /// </summary>
    RequestedMemoryRefused,
}
