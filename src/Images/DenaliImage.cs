// SPDX-License-Identifier: MIT
using System;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Threading;
using Denali.Hardware;

namespace Denali.Images;

/// <summary>A guest image whose every field was checked: a static ELF64 executable with a Denali note.</summary>
/// <remarks>
/// Immutable and safe for use from many threads. It keeps the file's bytes, which nobody may change as long as the
/// image is used. Everything needed to run is checked by <see cref="TryParse"/>; symbols and sections serve
/// diagnostics only, are read when asked for, and may be absent or nonsense.
/// </remarks>
public sealed class DenaliImage
{
    /// <summary>Bytes in <see cref="Identity"/>.</summary>
    public const int IdentityBytes = 32;

    private readonly byte[] _identity;
    private SymbolTable? _symbols;
    private SymbolTable? _dataSymbols;

    internal DenaliImage(
        ReadOnlyMemory<byte> file, ulong entry, ImmutableArray<ImageSegment> segments, ImageNote note)
    {
        File = file;
        Entry = entry;
        Segments = segments;
        Note = note;
        _identity = SHA256.HashData(file.Span);
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>Guest address of the first instruction, inside an executable segment.</summary>
    public ulong Entry { get; }

    /// <summary>The segments in ascending order, at least one; no two share a page.</summary>
    public ImmutableArray<ImageSegment> Segments { get; }

    /// <summary>The checked note.</summary>
    public ImageNote Note { get; }

    /// <summary>SHA-256 of the file: two images with the same identity are the same.</summary>
    public ReadOnlySpan<byte> Identity => _identity;

    /// <summary>Guest address of the first page of the lowest segment.</summary>
    public ulong LowEnd => Segments[0].PageBase;

    /// <summary>Guest address behind the last page of the highest segment; the heap begins here.</summary>
    public ulong HighEnd => Segments[^1].PageEnd;

    /// <summary>Memory size that the image asks for in bytes; the default if its note leaves it 0.</summary>
    public ulong PreferredMemoryBytes => ImageParser.PreferredMemoryBytes(Note);

    /// <summary>Smallest memory size in bytes into which the segments and the stacks fit.</summary>
    public ulong MinimumMemoryBytes => ImageParser.MinimumMemoryBytes(HighEnd, Note);

    /// <summary>The function names of the image; empty if it was stripped. Built when first asked for.</summary>
    public SymbolTable Symbols
    {
        get
        {
            if (_symbols is null)
            {
                Interlocked.CompareExchange(ref _symbols, SymbolTable.Read(this, isCode: true), null);
            }

            return _symbols;
        }
    }

    /// <summary>The names of statics, types and literals; empty if it was stripped. Built when first asked
    /// for.</summary>
    public SymbolTable DataSymbols
    {
        get
        {
            if (_dataSymbols is null)
            {
                Interlocked.CompareExchange(ref _dataSymbols, SymbolTable.Read(this, isCode: false), null);
            }

            return _dataSymbols;
        }
    }

    /// <summary>Checks a file. Never throws, whatever the bytes are.</summary>
    /// <param name="file">The whole file. The image keeps it; nobody may change it any more.</param>
    /// <param name="image">The image, or null.</param>
    /// <param name="error">Why not, or the default.</param>
    /// <returns>Whether the file is an image that can run.</returns>
    public static bool TryParse(
        ReadOnlyMemory<byte> file, [NotNullWhen(true)] out DenaliImage? image, out ImageError error)
    {
        var parser = new ImageParser(file);
        error = parser.Parse();
        image = error.Kind == ImageErrorKind.None ? parser.Accept() : null;
        return image is not null;
    }

    /// <summary>Lays out heap and stacks for a memory size.</summary>
    /// <param name="image">The image to run.</param>
    /// <param name="requestedBytes">Memory size in bytes; 0 for the size that the image prefers.</param>
    /// <param name="layout">The layout, or the default.</param>
    /// <param name="error">Why not, with the allowed range, or the default.</param>
    /// <returns>Whether the image can run with this much memory.</returns>
    public static bool TryResolveMemory(
        DenaliImage image, ulong requestedBytes, out MemoryLayout layout, out ImageError error)
    {
        ulong bytes = requestedBytes == 0 ? image.PreferredMemoryBytes : requestedBytes;
        ulong low = image.MinimumMemoryBytes;
        if (bytes < low || bytes > AddressMap.MemoryMaxBytes || bytes % AddressMap.ChunkBytes != 0)
        {
            layout = default;
            error = new ImageError(
                ImageErrorKind.RequestedMemoryRefused, bytes, low, AddressMap.MemoryMaxBytes);
            return false;
        }

        ImageNote note = image.Note;
        ulong stackAreaBase = bytes - ImageParser.StackAreaBytes(note);
        layout = new MemoryLayout(bytes, image.HighEnd, stackAreaBase, note.StackBytes, note.StackCount);
        error = default;
        return true;
    }

    /// <summary>The bytes that a segment takes from the file.</summary>
    /// <param name="segment">One of <see cref="Segments"/>.</param>
    /// <returns>Its <see cref="ImageSegment.FileBytes"/> bytes.</returns>
    public ReadOnlyMemory<byte> BytesOf(ImageSegment segment) => File.Slice(segment.FileOffset, segment.FileBytes);

    /// <summary>The segment that contains an address.</summary>
    /// <param name="address">Any guest address.</param>
    /// <param name="segment">The segment, or the default.</param>
    /// <returns>False if no segment contains it.</returns>
    public bool TryFindSegment(ulong address, out ImageSegment segment)
    {
        foreach (ImageSegment candidate in Segments)
        {
            if (candidate.Contains(address))
            {
                segment = candidate;
                return true;
            }
        }

        segment = default;
        return false;
    }

    /// <summary>A section by name, for diagnostics: debug information is not part of any segment.</summary>
    /// <param name="name">Name in ASCII, with its dot.</param>
    /// <param name="section">The first section of that name that has bytes in the file.</param>
    /// <returns>False if there is none, or it is compressed or damaged.</returns>
    public bool TryFindSection(string name, out ImageSection section) =>
        new SectionReader(File).TryFind(name, out section);
}
