// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Kernel.Templates;

/// <summary>The first bytes of a template's file: numbers in little-endian order.</summary>
internal struct TemplateHeader
{
    /// <summary>Length in bytes.</summary>
    internal const int SizeBytes = 128;

    /// <summary>Version of the format that this kernel writes.</summary>
    internal const uint CurrentFormat = 1;

    // "DenaliTp"
    private const ulong Magic = 0x7054_696C_616E_6544;
    private const int IdentityOffset = 72;

    /// <summary>Version of the format.</summary>
    internal uint Format;

    /// <summary>Version of the virtual hardware.</summary>
    internal uint Architecture;

    /// <summary>x86-64 level of the processor: a guest may have looked.</summary>
    internal uint ProcessorLevel;

    /// <summary>See <see cref="TemplateFlags"/>.</summary>
    internal TemplateFlags Flags;

    /// <summary>Memory size in bytes.</summary>
    internal ulong MemoryBytes;

    /// <summary>What a VM made of it is charged for at once.</summary>
    internal ulong ChargedBytes;

    /// <summary>When it was captured, in nanoseconds of the kernel's clock.</summary>
    internal ulong CapturedNs;

    /// <summary>Bytes of boot arguments, a NUL behind each. They follow the header.</summary>
    internal uint ArgumentBytes;

    /// <summary>Disks, 8 bytes with a length for each. They follow the arguments.</summary>
    internal uint DiskCount;

    /// <summary>Committed chunks, 4 bytes with a number for each. They follow the disks.</summary>
    internal uint ChunkCount;

    /// <summary>Pages, 4 bytes with a number for each; they follow the chunks. Then the pages follow, then the
    /// SHA-256 of all before it.</summary>
    internal uint PageCount;

    /// <summary>Writes it.</summary>
    /// <param name="bytes">Where to; <see cref="SizeBytes"/> long.</param>
    /// <param name="identity">Identity of the image.</param>
    internal readonly void Write(Span<byte> bytes, ReadOnlySpan<byte> identity)
    {
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        uint[] first = [Format, Architecture, ProcessorLevel, (uint)Flags];
        ulong[] second = [MemoryBytes, ChargedBytes, CapturedNs];
        uint[] third = [ArgumentBytes, DiskCount, ChunkCount, PageCount];
        int at = sizeof(ulong);
        Put(bytes, ref at, first);
        foreach (ulong value in second)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], value);
            at += sizeof(ulong);
        }

        Put(bytes, ref at, third);
        identity.CopyTo(bytes[IdentityOffset..]);
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes">The first bytes of a file, <see cref="SizeBytes"/> of them.</param>
    /// <param name="identity">Identity of the image.</param>
    /// <param name="header">The header; nothing in it is checked.</param>
    /// <returns>False if the file is no template.</returns>
    internal static bool TryRead(
        ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> identity, out TemplateHeader header)
    {
        header = new TemplateHeader
        {
            Format = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            Architecture = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            ProcessorLevel = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            Flags = (TemplateFlags)BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            MemoryBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            ChargedBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            CapturedNs = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            ArgumentBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]),
            DiskCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[52..]),
            ChunkCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[56..]),
            PageCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]),
        };
        identity = bytes.Slice(IdentityOffset, Images.DenaliImage.IdentityBytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Magic;
    }

    private static void Put(Span<byte> bytes, ref int at, ReadOnlySpan<uint> values)
    {
        foreach (uint value in values)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);
            at += sizeof(uint);
        }
    }
}
