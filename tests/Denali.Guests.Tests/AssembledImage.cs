// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Hardware;
using Denali.Images.Tests;
using Iced.Intel;

namespace Denali.Guests.Tests;

/// <summary>Makes images of a few assembled instructions, or of any bytes.</summary>
/// <remarks>One page of code, one of constants, three of data from <see cref="Data"/> on; 1 MiB of memory.</remarks>
internal static class AssembledImage
{
    internal const ulong Code = ElfBuilder.CodeAddress;
    internal const ulong Data = ElfBuilder.DataAddress;
    internal const ulong Memory = 1 << 20;
    internal const uint StackBytes = 0x4000;
    internal const int CodeBytes = (int)AddressMap.PageBytes;

    /// <summary>Assembles code into an image.</summary>
    internal static byte[] Make(Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        var code = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), Code);
        return Make(code.ToArray(), 0);
    }

    /// <summary>Makes an image of code.</summary>
    /// <param name="code">At most <see cref="CodeBytes"/>.</param>
    /// <param name="entryOffset">Where it starts.</param>
    internal static byte[] Make(byte[] code, uint entryOffset)
    {
        var builder = new ElfBuilder
        {
            Entry = Code + entryOffset,
            HasSections = false,
            Note = new ImageNote
            {
                ArchitectureVersion = RegisterPage.CurrentVersion,
                ProcessorLevel = 2,
                MemoryBytes = Memory,
                StackBytes = StackBytes,
                StackCount = 2,
            },
        };
        builder.Code.Bytes = code;
        return builder.Build();
    }
}
