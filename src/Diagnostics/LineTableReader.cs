// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>Reads all units of a .debug_line section into ranges and file names.</summary>
/// <remarks>A unit that makes no sense ends there and the next one is read; every loop consumes bytes of the section
/// or stops at a limit.</remarks>
internal sealed class LineTableReader
{
    private readonly DenaliImage _image;
    private readonly ReadOnlyMemory<byte> _lines;
    private readonly ReadOnlyMemory<byte> _strings;
    private readonly ReadOnlyMemory<byte> _lineStrings;
    private readonly List<ReadOnlyMemory<byte>> _directories = [];
    private int _firstFile;

    /// <summary>Prepares a read.</summary>
    /// <param name="image">The image, for its executable segments.</param>
    /// <param name="lines">Bytes of .debug_line.</param>
    /// <param name="strings">Bytes of .debug_str, possibly none.</param>
    /// <param name="lineStrings">Bytes of .debug_line_str, possibly none.</param>
    public LineTableReader(
        DenaliImage image, ReadOnlyMemory<byte> lines, ReadOnlyMemory<byte> strings, ReadOnlyMemory<byte> lineStrings)
    {
        _image = image;
        _lines = lines[..Math.Min(lines.Length, DiagnosticLimits.SectionMaxBytes)];
        _strings = strings;
        _lineStrings = lineStrings;
    }

    /// <summary>The ranges, in the order of the section, all inside executable segments.</summary>
    public List<LineRange> Ranges { get; } = [];

    /// <summary>The file names.</summary>
    public List<LineFile> Files { get; } = [];

    /// <summary>Reads the section.</summary>
    public void Read()
    {
        var section = new ByteCursor(_lines.Span);
        while (!section.IsAtEnd && Ranges.Count < DiagnosticLimits.LineRangeCountMax)
        {
            ulong length = section.U32();
            bool is64 = length == Dwarf.Escape64;
            length = is64 ? section.U64() : length;
            int start = section.Position;
            section.Skip(length);
            if (section.IsBroken)
            {
                return;
            }

            ReadUnit(_lines.Slice(start, (int)length), is64);
        }
    }

    /// <summary>One unit behind its length (section 6.2.4).</summary>
    private void ReadUnit(ReadOnlyMemory<byte> unit, bool is64)
    {
        var cursor = new ByteCursor(unit.Span);
        int version = cursor.U16();
        if (version is < 2 or > 5)
        {
            return;
        }

        if (version == 5 && (cursor.U8() != sizeof(ulong) || cursor.U8() != 0))
        {
            return;
        }

        ulong headerBytes = is64 ? cursor.U64() : cursor.U32();
        int headerStart = cursor.Position;
        ByteCursor header = cursor.Part(headerBytes);
        var program = new LineProgram { MinimumInstructionBytes = header.U8() };
        if (version >= 4)
        {
            header.U8();
        }

        header.U8();
        program.LineBase = (sbyte)header.U8();
        program.LineRange = header.U8();
        program.OpcodeBase = header.U8();
        var operandCounts = new byte[Math.Max(0, program.OpcodeBase - 1)];
        for (int index = 0; index < operandCounts.Length; index++)
        {
            operandCounts[index] = header.U8();
        }

        program.OperandCounts = operandCounts;
        if (cursor.IsBroken || header.IsBroken || program.LineRange == 0 || program.OpcodeBase == 0)
        {
            return;
        }

        _directories.Clear();
        _firstFile = Files.Count;
        ReadOnlyMemory<byte> headerMemory = unit.Slice(headerStart, (int)headerBytes);
        if (version == 5)
        {
            ReadNames(ref header, headerMemory, is64, isFiles: false);
            ReadNames(ref header, headerMemory, is64, isFiles: true);
        }
        else
        {
            ReadOldNames(ref header, headerMemory);
        }

        // File numbers begin at 1 before version 5.
        program.FileBase = version == 5 ? 0UL : 1UL;
        Run(program, ref cursor);
    }

    /// <summary>Directories and files up to version 4: texts, each list ended by an empty one.</summary>
    private void ReadOldNames(ref ByteCursor header, ReadOnlyMemory<byte> memory)
    {
        // Directory 0 is that of the compilation, which only .debug_info knows.
        _directories.Add(default);
        while (_directories.Count < DiagnosticLimits.FileNameCountMax)
        {
            header.Text(out int offset, out int length);
            if (length == 0)
            {
                break;
            }

            _directories.Add(memory.Slice(offset, length));
        }

        while (Files.Count < DiagnosticLimits.FileNameCountMax)
        {
            header.Text(out int offset, out int length);
            if (length == 0)
            {
                return;
            }

            ulong directory = header.Unsigned();
            header.Unsigned();
            header.Unsigned();
            Files.Add(new LineFile(DirectoryAt(directory), memory.Slice(offset, length)));
        }
    }

    /// <summary>One of the two lists of version 5: a format, then entries in it (section 6.2.4.1).</summary>
    private void ReadNames(ref ByteCursor header, ReadOnlyMemory<byte> memory, bool is64, bool isFiles)
    {
        int fieldCount = header.U8();
        var fields = new (ulong Content, ulong Form)[fieldCount];
        for (int index = 0; index < fieldCount; index++)
        {
            fields[index] = (header.Unsigned(), header.Unsigned());
        }

        ulong count = header.Unsigned();
        for (ulong index = 0; index < count && fieldCount > 0; index++)
        {
            int listed = isFiles ? Files.Count : _directories.Count;
            if (header.IsBroken || header.IsAtEnd || listed >= DiagnosticLimits.FileNameCountMax)
            {
                return;
            }

            ReadOnlyMemory<byte> path = default;
            ulong directory = 0;
            foreach ((ulong content, ulong form) in fields)
            {
                ReadForm(ref header, memory, form, is64, out ulong number, out ReadOnlyMemory<byte> text);
                path = content == Dwarf.ContentPath ? text : path;
                directory = content == Dwarf.ContentDirectoryIndex ? number : directory;
            }

            if (isFiles)
            {
                Files.Add(new LineFile(DirectoryAt(directory), path));
            }
            else
            {
                _directories.Add(path);
            }
        }
    }

    private ReadOnlyMemory<byte> DirectoryAt(ulong index) =>
        index < (ulong)_directories.Count ? _directories[(int)index] : default;

    /// <summary>One value. An unknown form breaks the header, since its length is unknown.</summary>
    private void ReadForm(
        ref ByteCursor header, ReadOnlyMemory<byte> memory, ulong form, bool is64, out ulong number,
        out ReadOnlyMemory<byte> text)
    {
        number = 0;
        text = default;
        switch (form)
        {
            case Dwarf.FormString:
                header.Text(out int offset, out int length);
                text = memory.Slice(offset, length);
                break;
            case Dwarf.FormLineStrp:
                text = TextAt(_lineStrings, is64 ? header.U64() : header.U32());
                break;
            case Dwarf.FormStrp:
                text = TextAt(_strings, is64 ? header.U64() : header.U32());
                break;
            case Dwarf.FormUdata:
                number = header.Unsigned();
                break;
            case Dwarf.FormSdata:
                number = (ulong)header.Signed();
                break;
            case Dwarf.FormData1:
                number = header.U8();
                break;
            case Dwarf.FormData2:
                number = header.U16();
                break;
            case Dwarf.FormData4:
                number = header.U32();
                break;
            case Dwarf.FormData8:
                number = header.U64();
                break;
            case Dwarf.FormData16:
                header.Skip(16);
                break;
            case Dwarf.FormBlock:
                header.Skip(header.Unsigned());
                break;
            case Dwarf.FormBlock1:
                header.Skip(header.U8());
                break;
            case Dwarf.FormBlock2:
                header.Skip(header.U16());
                break;
            case Dwarf.FormBlock4:
                header.Skip(header.U32());
                break;
            default:
                header.Skip(ulong.MaxValue);
                break;
        }
    }

    private static ReadOnlyMemory<byte> TextAt(ReadOnlyMemory<byte> strings, ulong offset)
    {
        if (offset >= (ulong)strings.Length)
        {
            return default;
        }

        // Nobody shows more than the limit, and a missing NUL must not make every name as long as the section.
        ReadOnlyMemory<byte> text = strings[(int)offset..];
        text = text[..Math.Min(text.Length, DiagnosticLimits.FileNameMaxLength * 4)];
        int end = text.Span.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }

    /// <summary>The line number program (section 6.2.5).</summary>
    private void Run(LineProgram program, ref ByteCursor cursor)
    {
        program.Reset();
        while (!cursor.IsAtEnd && Ranges.Count < DiagnosticLimits.LineRangeCountMax)
        {
            byte opcode = cursor.U8();
            if (opcode >= program.OpcodeBase)
            {
                int adjusted = opcode - program.OpcodeBase;
                program.Advance((ulong)(adjusted / program.LineRange));
                program.AddLine(program.LineBase + (adjusted % program.LineRange));
                Row(program, isEnd: false);
            }
            else if (opcode == Dwarf.LineExtended)
            {
                RunExtended(program, ref cursor);
            }
            else
            {
                RunStandard(program, opcode, ref cursor);
            }
        }
    }

    private void RunExtended(LineProgram program, ref ByteCursor cursor)
    {
        ByteCursor operands = cursor.Part(cursor.Unsigned());
        switch (operands.U8())
        {
            case Dwarf.LineEndSequence:
                Row(program, isEnd: true);
                program.Reset();
                break;
            case Dwarf.LineSetAddress when operands.Left >= sizeof(ulong):
                program.Address = operands.U64();
                break;
            default:
                // Files defined in the program, discriminators, and what compilers invent: nothing that matters here.
                break;
        }
    }

    private void RunStandard(LineProgram program, byte opcode, ref ByteCursor cursor)
    {
        switch (opcode)
        {
            case Dwarf.LineCopy:
                Row(program, isEnd: false);
                break;
            case Dwarf.LineAdvancePc:
                program.Advance(cursor.Unsigned());
                break;
            case Dwarf.LineAdvanceLine:
                program.AddLine(cursor.Signed());
                break;
            case Dwarf.LineSetFile:
                program.File = cursor.Unsigned();
                break;
            case Dwarf.LineConstAddPc:
                program.Advance((ulong)((255 - program.OpcodeBase) / program.LineRange));
                break;
            case Dwarf.LineFixedAdvancePc:
                program.Address += cursor.U16();
                break;
            default:
                // Column, statement flags, unknown opcodes: the header says how many operands to skip.
                for (int left = program.OperandCounts[opcode - 1]; left > 0; left--)
                {
                    cursor.Unsigned();
                }

                break;
        }
    }

    /// <summary>A row ends the range of the one before it; the last of several rows at one address counts.</summary>
    private void Row(LineProgram program, bool isEnd)
    {
        if (program.HasRow && program.Address > program.RowAddress &&
            _image.TryFindSegment(program.RowAddress, out ImageSegment segment) && segment.IsExecutable)
        {
            ulong end = Math.Min(program.Address, segment.End);
            Ranges.Add(new LineRange(program.RowAddress, end, program.RowFile, program.RowLine));
        }

        ulong file = program.File - program.FileBase;
        program.HasRow = !isEnd;
        program.RowAddress = program.Address;
        program.RowLine = program.Line;
        program.RowFile = file < (ulong)(Files.Count - _firstFile) ? _firstFile + (int)file : -1;
    }
}
