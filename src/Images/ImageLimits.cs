// SPDX-License-Identifier: MIT
namespace Denali.Images;

/// <summary>The parser's limits, each with its reason.</summary>
public static class ImageLimits
{
    /// <summary>Largest image file in bytes: a guest with its debug information is a few MiB; this bounds the hash and
    /// keeps every file offset in 31 bits.</summary>
    public const int FileMaxBytes = 1 << 30;

    /// <summary>Most program headers: a linker writes about ten; this bounds the walk over them.</summary>
    public const int ProgramHeaderCountMax = 128;

    /// <summary>Most loaded segments: linkers write four or five; this bounds what the kernel keeps per template.
    /// </summary>
    public const int SegmentCountMax = 32;

    /// <summary>Most bytes in one note segment: real ones have some hundred; this bounds the walk over notes.</summary>
    public const int NoteSegmentMaxBytes = 64 * 1024;

    /// <summary>Most section headers that are looked at: linkers write about thirty.</summary>
    public const int SectionCountMax = 4096;

    /// <summary>Most symbols that are read: the largest guests have tens of thousands; this bounds time and memory.
    /// </summary>
    public const int SymbolCountMax = 1 << 20;

    /// <summary>Most characters of a symbol's name that are kept: names of generic instances grow long, and they end
    /// in fault reports.</summary>
    public const int SymbolNameMaxLength = 1024;
}
