// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;

namespace Denali.Files;

/// <summary>A name in a directory.</summary>
public struct DirectoryEntry
{
    /// <summary>Longest name in bytes.</summary>
    public const int NameMax = 255;

    private NameBytes _name;

    /// <summary>Number of the file's inode.</summary>
    public uint Inode { get; internal set; }

    /// <summary>Kind of the file, if the directory says it.</summary>
    public FileKind Kind { get; internal set; }

    /// <summary>Length of the name in bytes.</summary>
    public int NameLength { get; private set; }

    /// <summary>Copies the name, which is any bytes but NUL and slash; usually UTF-8.</summary>
    /// <param name="destination">Where to; <see cref="NameMax"/> bytes are always enough.</param>
    /// <returns>The part that was written.</returns>
    public readonly Span<byte> CopyName(Span<byte> destination)
    {
        ReadOnlySpan<byte> name = _name;
        name.Slice(0, NameLength).CopyTo(destination);
        return destination.Slice(0, NameLength);
    }

    internal void SetName(ReadOnlySpan<byte> name)
    {
        NameLength = name.Length;
        Span<byte> bytes = _name;
        name.CopyTo(bytes);
    }

    [InlineArray(NameMax)]
    private struct NameBytes
    {
        private byte _first;
    }
}
