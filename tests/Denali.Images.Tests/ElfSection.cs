// SPDX-License-Identifier: MIT
namespace Denali.Images.Tests;

/// <summary>One section header to write, with its bytes.</summary>
/// <param name="Name">Name.</param>
/// <param name="Bytes">Bytes in the file.</param>
/// <param name="Type">sh_type; 1 is SHT_PROGBITS.</param>
/// <param name="Address">sh_addr.</param>
/// <param name="Flags">sh_flags.</param>
/// <param name="Link">sh_link.</param>
public sealed record ElfSection(
    string Name, byte[] Bytes, uint Type = 1, ulong Address = 0, ulong Flags = 0, uint Link = 0);
