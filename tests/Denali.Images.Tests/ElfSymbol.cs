// SPDX-License-Identifier: MIT
namespace Denali.Images.Tests;

/// <summary>One symbol to write.</summary>
/// <param name="Name">Name.</param>
/// <param name="Address">st_value.</param>
/// <param name="Size">st_size.</param>
/// <param name="Type">Low half of st_info; 2 is STT_FUNC.</param>
/// <param name="Binding">High half of st_info; 1 is STB_GLOBAL.</param>
/// <param name="Section">st_shndx.</param>
public sealed record ElfSymbol(
    string Name, ulong Address, ulong Size = 0, int Type = 2, int Binding = 1, ushort Section = 1);
