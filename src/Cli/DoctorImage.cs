// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Cli;

/// <summary>The guests of the doctor: a few instructions each, written out, so that no built guest is needed.</summary>
internal static class DoctorImage
{
    internal const ulong MemoryBytes = AddressMap.MemoryMinBytes;
    internal const uint ExitCode = 42;

    private const ulong Code = AddressMap.ImageBase;
    private const uint StackBytes = 0x8000;
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int NoteBytes = 12 + 8 + ImageNote.SizeOf;

    /// <summary>A guest that calls the yield instruction for ever.</summary>
    internal static BaseDescription DescribeYieldLoop() => new()
    {
        MemoryBytes = MemoryBytes,
        Entry = Code,
        Regions = [new BaseRegion(Code, AddressMap.PageBytes, YieldLoop(), Permissions.Execute)],
        HeapBase = Code + AddressMap.PageBytes,
        StackAreaBase = MemoryBytes - StackBytes,
        StackBytes = StackBytes,
    };

    /// <summary>An image whose guest terminates with <see cref="ExitCode"/>.</summary>
    /// <returns>The file: header, two program headers, the note, the code.</returns>
    internal static byte[] Build()
    {
        const int NoteAt = HeaderBytes + (2 * ProgramHeaderBytes);
        byte[] code = Terminator();
        byte[] file = new byte[AddressMap.PageBytes + code.Length];
        WriteHeader(file);
        const uint Load = 1;
        const uint ReadExecute = 5;
        WriteProgramHeader(file.AsSpan(HeaderBytes), Load, ReadExecute, AddressMap.PageBytes, Code, (ulong)code.Length);
        const uint Note = 4;
        const uint Read = 4;
        WriteProgramHeader(file.AsSpan(HeaderBytes + ProgramHeaderBytes), Note, Read, NoteAt, 0, NoteBytes);
        WriteNote(file.AsSpan(NoteAt, NoteBytes));
        code.CopyTo(file, (int)AddressMap.PageBytes);
        return file;
    }

    // mov ebx, yield; again: call rbx; jmp again
    private static byte[] YieldLoop()
    {
        byte[] code = [0xBB, 0, 0, 0, 0, 0xFF, 0xD3, 0xEB, 0xFC];
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(1), (uint)InstructionPage.YieldEntry);
        return code;
    }

    // mov edi, code; mov ebx, terminate; call rbx; ud2
    private static byte[] Terminator()
    {
        byte[] code = [0xBF, 0, 0, 0, 0, 0xBB, 0, 0, 0, 0, 0xFF, 0xD3, 0x0F, 0x0B];
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(1), ExitCode);
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(6), (uint)InstructionPage.TerminateEntry);
        return code;
    }

    private static void WriteHeader(Span<byte> header)
    {
        ReadOnlySpan<byte> identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Code);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 2);
    }

    private static void WriteProgramHeader(
        Span<byte> header, uint type, uint flags, ulong offset, ulong address, ulong bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], address == 0 ? 4 : AddressMap.PageBytes);
    }

    private static void WriteNote(Span<byte> note)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(note, 7);
        BinaryPrimitives.WriteUInt32LittleEndian(note[4..], ImageNote.SizeOf);
        BinaryPrimitives.WriteUInt32LittleEndian(note[8..], ImageNote.NoteType);
        "Denali\0"u8.CopyTo(note[12..]);
        Span<byte> content = note[20..];
        BinaryPrimitives.WriteUInt32LittleEndian(content, RegisterPage.CurrentVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(content[4..], 2);
        BinaryPrimitives.WriteUInt64LittleEndian(content[8..], MemoryBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(content[24..], StackBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(content[28..], 1);
    }
}
