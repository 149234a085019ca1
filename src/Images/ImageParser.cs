// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Denali.Hardware;

namespace Denali.Images;

/// <summary>One pass over a file that somebody hands in: checks in the order in which a failure tells most.</summary>
/// <remarks>
/// The file is hostile. Every number is compared in 64 bits, by subtraction from what is known, before it is used; no
/// sum of two numbers from the file is formed. A foreign program is told apart by its missing note before anything
/// else about it is criticised.
/// </remarks>
internal sealed class ImageParser
{
    // "Denali" with its NUL, as namesz counts it.
    private const int OwnerBytes = 7;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly ImmutableArray<ImageSegment>.Builder _segments = ImmutableArray.CreateBuilder<ImageSegment>();
    private FileHeader _header;
    private ImageNote _note;
    private int _noteCount;
    private int _noteBytes;

    /// <summary>Prepares a pass.</summary>
    /// <param name="file">The whole file.</param>
    public ImageParser(ReadOnlyMemory<byte> file) => _file = file;

    private static ReadOnlySpan<byte> Owner => "Denali\0"u8;

    /// <summary>The memory size that a note asks for.</summary>
    /// <param name="note">A checked note.</param>
    /// <returns>Bytes.</returns>
    public static ulong PreferredMemoryBytes(in ImageNote note) =>
        note.MemoryBytes == 0 ? AddressMap.MemoryDefaultBytes : note.MemoryBytes;

    /// <summary>Size of the stack area.</summary>
    /// <param name="note">A checked note.</param>
    /// <returns>Bytes, at most 64 GiB: the product cannot overflow.</returns>
    public static ulong StackAreaBytes(in ImageNote note) => (ulong)note.StackBytes * note.StackCount;

    /// <summary>The smallest memory size for an image.</summary>
    /// <param name="highEnd">End of the image's last page.</param>
    /// <param name="note">A checked note.</param>
    /// <returns>A multiple of the chunk size; above the largest memory size if nothing is enough.</returns>
    public static ulong MinimumMemoryBytes(ulong highEnd, in ImageNote note)
    {
        ulong bytes = highEnd + StackAreaBytes(note);
        ulong chunks = (bytes + AddressMap.ChunkBytes - 1) / AddressMap.ChunkBytes;
        return Math.Max(AddressMap.MemoryMinBytes, chunks * AddressMap.ChunkBytes);
    }

    /// <summary>Checks everything.</summary>
    /// <returns>The first thing that is wrong, or an error of kind <see cref="ImageErrorKind.None"/>.</returns>
    public ImageError Parse()
    {
        ImageError error = CheckFileHeader();
        if (error.Kind == ImageErrorKind.None)
        {
            error = ReadNotes();
        }

        if (error.Kind == ImageErrorKind.None)
        {
            error = ReadSegments();
        }

        if (error.Kind == ImageErrorKind.None)
        {
            error = CheckNote();
        }

        return error;
    }

    /// <summary>The image, after <see cref="Parse"/> found nothing wrong.</summary>
    /// <returns>A new image.</returns>
    public DenaliImage Accept() => new(_file, _header.Entry, _segments.ToImmutable(), _note);

    private static ImageError Refuse(ImageErrorKind kind, ulong value = 0, ulong low = 0, ulong high = 0) =>
        new(kind, value, low, high);

    private ImageError CheckFileHeader()
    {
        ReadOnlySpan<byte> file = _file.Span;
        if (file.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(file) != Elf.Magic)
        {
            return Refuse(ImageErrorKind.NotElf);
        }

        if (file.Length < Elf.FileHeaderBytes)
        {
            return Refuse(ImageErrorKind.FileTooSmall, (ulong)file.Length);
        }

        if (file.Length > ImageLimits.FileMaxBytes)
        {
            return Refuse(ImageErrorKind.FileTooLarge, (ulong)file.Length, high: ImageLimits.FileMaxBytes);
        }

        _header = new FileHeader(file);
        return _header switch
        {
            { Class: not Elf.Class64 } => Refuse(ImageErrorKind.NotElf64),
            { Data: not Elf.DataLittleEndian } => Refuse(ImageErrorKind.NotLittleEndian),
            { IdentVersion: not (byte)Elf.VersionCurrent } =>
                Refuse(ImageErrorKind.UnknownElfVersion, _header.IdentVersion),
            { Version: not Elf.VersionCurrent } => Refuse(ImageErrorKind.UnknownElfVersion, _header.Version),
            { Abi: not (Elf.AbiSystemV or Elf.AbiGnu) } => Refuse(ImageErrorKind.ForeignAbi, _header.Abi),
            { Machine: not Elf.MachineX64 } => Refuse(ImageErrorKind.WrongMachine, _header.Machine),
            { Type: not (Elf.TypeExecutable or Elf.TypeDynamic) } =>
                Refuse(ImageErrorKind.NotExecutable, _header.Type),
            _ => CheckProgramHeaderTable(),
        };
    }

    private ImageError CheckProgramHeaderTable()
    {
        if (_header.HeaderBytes != Elf.FileHeaderBytes)
        {
            return Refuse(ImageErrorKind.BadHeaderSize, _header.HeaderBytes, Elf.FileHeaderBytes);
        }

        if (_header.ProgramHeaderCount == 0)
        {
            return default;
        }

        if (_header.ProgramHeaderBytes != Elf.ProgramHeaderBytes)
        {
            return Refuse(ImageErrorKind.BadHeaderSize, _header.ProgramHeaderBytes, Elf.ProgramHeaderBytes);
        }

        // PN_XNUM (0xFFFF, the count is elsewhere) is beyond the limit as well.
        if (_header.ProgramHeaderCount > ImageLimits.ProgramHeaderCountMax)
        {
            return Refuse(
                ImageErrorKind.TooManyProgramHeaders, _header.ProgramHeaderCount,
                high: ImageLimits.ProgramHeaderCountMax);
        }

        ulong tableBytes = (ulong)_header.ProgramHeaderCount * Elf.ProgramHeaderBytes;
        return IsInsideFile(_header.ProgramHeaderOffset, tableBytes)
            ? default
            : Refuse(ImageErrorKind.ProgramHeadersOutsideFile, _header.ProgramHeaderOffset);
    }

    private bool IsInsideFile(ulong offset, ulong bytes)
    {
        ulong end = (ulong)_file.Length;
        return offset <= end && bytes <= end - offset;
    }

    private ProgramHeader HeaderAt(int index)
    {
        int offset = (int)_header.ProgramHeaderOffset + (index * Elf.ProgramHeaderBytes);
        return new ProgramHeader(_file.Span.Slice(offset, Elf.ProgramHeaderBytes));
    }

    private ImageError ReadNotes()
    {
        for (int index = 0; index < _header.ProgramHeaderCount; index++)
        {
            ProgramHeader header = HeaderAt(index);
            if (header.Type != Elf.SegmentNote)
            {
                continue;
            }

            if (header.FileBytes > ImageLimits.NoteSegmentMaxBytes || !IsInsideFile(header.Offset, header.FileBytes) ||
                !TryReadNotes(_file.Span.Slice((int)header.Offset, (int)header.FileBytes), header.Align))
            {
                return Refuse(ImageErrorKind.NotesDamaged, header.Offset);
            }
        }

        return _noteCount switch
        {
            0 => Refuse(ImageErrorKind.NoNote),
            > 1 => Refuse(ImageErrorKind.SeveralNotes, (ulong)_noteCount),
            _ when _noteBytes < ImageNote.SizeOf =>
                Refuse(ImageErrorKind.NoteTooShort, (ulong)_noteBytes, ImageNote.SizeOf),
            _ => default,
        };
    }

    /// <summary>Walks the entries of one note segment (gABI, Note Section). GNU tools align them to 4 bytes, and to 8
    /// in segments that say so.</summary>
    private bool TryReadNotes(ReadOnlySpan<byte> notes, ulong segmentAlign)
    {
        uint mask = segmentAlign == 8 ? 7u : 3u;
        while (notes.Length >= Elf.NoteHeaderBytes)
        {
            ulong nameBytes = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            ulong descriptorBytes = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            ulong descriptorAt = (Elf.NoteHeaderBytes + nameBytes + mask) & ~(ulong)mask;
            ulong end = descriptorAt + descriptorBytes;
            if (end > (ulong)notes.Length)
            {
                return false;
            }

            if (type == ImageNote.NoteType && nameBytes == OwnerBytes &&
                notes.Slice(Elf.NoteHeaderBytes, OwnerBytes).SequenceEqual(Owner))
            {
                TakeNote(notes[(int)descriptorAt..(int)end]);
            }

            // The padding behind the last entry may be missing.
            ulong next = Math.Min((end + mask) & ~(ulong)mask, (ulong)notes.Length);
            notes = notes[(int)next..];
        }

        return true;
    }

    private void TakeNote(ReadOnlySpan<byte> descriptor)
    {
        _noteCount++;
        _noteBytes = descriptor.Length;
        if (descriptor.Length < ImageNote.SizeOf)
        {
            return;
        }

        _note = new ImageNote
        {
            ArchitectureVersion = BinaryPrimitives.ReadUInt32LittleEndian(descriptor),
            ProcessorLevel = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]),
            MemoryBytes = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]),
            RequiredFeatures = (FeatureBits)BinaryPrimitives.ReadUInt64LittleEndian(descriptor[16..]),
            StackBytes = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[24..]),
            StackCount = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[28..]),
        };
    }

    private ImageError ReadSegments()
    {
        if (_header.Type == Elf.TypeDynamic)
        {
            return Refuse(ImageErrorKind.PositionIndependent);
        }

        for (int index = 0; index < _header.ProgramHeaderCount; index++)
        {
            ProgramHeader header = HeaderAt(index);
            ImageError error = header.Type switch
            {
                Elf.SegmentInterpreter or Elf.SegmentDynamic => Refuse(ImageErrorKind.DynamicallyLinked),
                // Linkers may leave an empty segment behind when a section turned out empty.
                Elf.SegmentLoad when (header.MemoryBytes | header.FileBytes) != 0 => AddSegment(header),
                _ => default,
            };
            if (error.Kind != ImageErrorKind.None)
            {
                return error;
            }
        }

        if (_segments.Count == 0)
        {
            return Refuse(ImageErrorKind.NoSegments);
        }

        return IsExecutable(_header.Entry) ? default : Refuse(ImageErrorKind.EntryNotExecutable, _header.Entry);
    }

    private ImageError AddSegment(ProgramHeader header)
    {
        const ulong High = AddressMap.MemoryMaxBytes;
        if (_segments.Count == ImageLimits.SegmentCountMax)
        {
            return Refuse(
                ImageErrorKind.TooManySegments, (ulong)_segments.Count + 1, high: ImageLimits.SegmentCountMax);
        }

        if (!IsInsideFile(header.Offset, header.FileBytes))
        {
            return Refuse(ImageErrorKind.SegmentOutsideFile, header.Address);
        }

        if (header.FileBytes > header.MemoryBytes)
        {
            return Refuse(ImageErrorKind.SegmentLargerInFile, header.Address);
        }

        if (header.Address < AddressMap.ImageBase)
        {
            return Refuse(ImageErrorKind.SegmentTooLow, header.Address, AddressMap.ImageBase);
        }

        if (header.Address > High || header.MemoryBytes > High - header.Address)
        {
            return Refuse(ImageErrorKind.SegmentTooHigh, header.Address, high: High);
        }

        SegmentPermissions permissions = (SegmentPermissions)header.Flags &
            (SegmentPermissions.Read | SegmentPermissions.Write | SegmentPermissions.Execute);
        var segment = new ImageSegment(
            header.Address, header.MemoryBytes, (int)header.Offset, (int)header.FileBytes, permissions);
        if (segment.IsWritable && segment.IsExecutable)
        {
            return Refuse(ImageErrorKind.SegmentWritableAndExecutable, header.Address);
        }

        if ((permissions & SegmentPermissions.Read) == 0)
        {
            return Refuse(ImageErrorKind.SegmentUnreadable, header.Address);
        }

        // The gABI wants ascending addresses, so one comparison finds every overlap.
        if (_segments.Count > 0 && segment.PageBase < _segments[^1].PageEnd)
        {
            return Refuse(ImageErrorKind.SegmentsOverlap, header.Address, _segments[^1].PageEnd);
        }

        _segments.Add(segment);
        return default;
    }

    private bool IsExecutable(ulong address)
    {
        foreach (ImageSegment segment in _segments)
        {
            if (segment.IsExecutable && segment.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private ImageError CheckNote()
    {
        const uint LevelMin = 2;
        const uint LevelMax = 4;
        const FeatureBits Known = FeatureBits.Console | FeatureBits.Nic | FeatureBits.Disk | FeatureBits.Control;
        if (_note.ArchitectureVersion != RegisterPage.CurrentVersion)
        {
            return Refuse(
                ImageErrorKind.WrongArchitectureVersion, _note.ArchitectureVersion, high: RegisterPage.CurrentVersion);
        }

        if (_note.ProcessorLevel is < LevelMin or > LevelMax)
        {
            return Refuse(ImageErrorKind.BadProcessorLevel, _note.ProcessorLevel, LevelMin, LevelMax);
        }

        ulong memoryBytes = PreferredMemoryBytes(_note);
        if (memoryBytes is < AddressMap.MemoryMinBytes or > AddressMap.MemoryMaxBytes ||
            memoryBytes % AddressMap.ChunkBytes != 0)
        {
            return Refuse(
                ImageErrorKind.BadMemorySize, memoryBytes, AddressMap.MemoryMinBytes, AddressMap.MemoryMaxBytes);
        }

        if (_note.StackBytes is < ImageNote.StackMinBytes or > ImageNote.StackMaxBytes ||
            _note.StackBytes % AddressMap.PageBytes != 0)
        {
            return Refuse(
                ImageErrorKind.BadStackSize, _note.StackBytes, ImageNote.StackMinBytes, ImageNote.StackMaxBytes);
        }

        if (_note.StackCount is < 1 or > ImageNote.StackCountMax)
        {
            return Refuse(ImageErrorKind.BadStackCount, _note.StackCount, 1, ImageNote.StackCountMax);
        }

        if ((_note.RequiredFeatures & ~Known) != 0)
        {
            return Refuse(ImageErrorKind.UnknownFeatures, (ulong)(_note.RequiredFeatures & ~Known));
        }

        ulong minimum = MinimumMemoryBytes(_segments[^1].PageEnd, _note);
        return memoryBytes < minimum ? Refuse(ImageErrorKind.DoesNotFit, memoryBytes, minimum) : default;
    }
}
