// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Text;

namespace Denali.Bench.Peers;

/// <summary>
/// What a Linux starts with: an archive of the console and of a program, /init, that writes a word and waits. Its
/// format is cpio's "newc" (Linux Documentation/driver-api/early-userspace/buffer-format.rst).
/// </summary>
internal static class InitialFiles
{
    private const uint Directory = 0x41ED; // drwxr-xr-x
    private const uint Executable = 0x81ED; // -rwxr-xr-x
    private const uint Console = 0x2180; // crw-------
    private const uint ConsoleMajor = 5;
    private const uint ConsoleMinor = 1;

    /// <summary>Makes the archive.</summary>
    internal static byte[] Make()
    {
        var archive = new MemoryStream();
        Add(archive, "dev", Directory, [], 0, 0);
        Add(archive, "dev/console", Console, [], ConsoleMajor, ConsoleMinor);
        Add(archive, "init", Executable, Program(), 0, 0);
        Add(archive, "TRAILER!!!", 0, [], 0, 0);
        return archive.ToArray();
    }

    /// <summary>An executable (ELF64) of one segment: write(1, word), then pause() again and again.</summary>
    internal static byte[] Program()
    {
        const ulong Base = 0x40_0000;
        const int HeadBytes = 64 + 56;
        byte[] word = Encoding.ASCII.GetBytes(PeerProcess.Word + "\n");

        // mov eax, 1; mov edi, 1; lea rsi, [rip + word]; mov edx, length; syscall; wait: mov eax, 34; syscall; jmp wait
        byte[] code =
        [
            0xB8, 1, 0, 0, 0, 0xBF, 1, 0, 0, 0, 0x48, 0x8D, 0x35, 16, 0, 0, 0, 0xBA, (byte)word.Length, 0, 0, 0,
            0x0F, 0x05, 0xB8, 34, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF7,
        ];
        byte[] file = new byte[HeadBytes + code.Length + word.Length];
        Span<byte> head = file;
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[16..], 2); // an executable
        BinaryPrimitives.WriteUInt16LittleEndian(head[18..], 62); // for x86-64
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], Base + HeadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(head[52..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(head[54..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(head[56..], 1);
        Span<byte> segment = head[64..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // to be loaded
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5); // read, execute
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 4096);
        code.CopyTo(head[HeadBytes..]);
        word.CopyTo(head[(HeadBytes + code.Length)..]);
        return file;
    }

    private static void Add(MemoryStream archive, string name, uint mode, byte[] content, uint major, uint minor)
    {
        // Inode, mode, owner, group, links, time, size, device of the file (2), device that it is (2), name, checksum.
        uint[] fields =
        [
            (uint)archive.Length + 1, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, major, minor,
            (uint)name.Length + 1, 0,
        ];
        archive.Write("070701"u8);
        foreach (uint field in fields)
        {
            archive.Write(Encoding.ASCII.GetBytes(field.ToString("X8", CultureInfo.InvariantCulture)));
        }

        archive.Write(Encoding.ASCII.GetBytes(name + '\0'));
        Pad(archive);
        archive.Write(content);
        Pad(archive);
    }

    private static void Pad(MemoryStream archive)
    {
        while (archive.Length % 4 != 0)
        {
            archive.WriteByte(0);
        }
    }
}
