// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO;
using Denali.Hardware;
using K4os.Compression.LZ4;

namespace Denali.Kernel.Memory;

/// <summary>A block of a parked VM, as <see cref="ParkedImage"/> writes it: its parts, where they lie.</summary>
internal readonly ref struct ParkedBlock
{
    /// <summary>Bytes in front of the first number: three counts.</summary>
    internal const int HeaderBytes = 12;

    private const int NumberBytes = sizeof(uint);
    private const int PageBytes = (int)AddressMap.PageBytes;

    private readonly ReadOnlySpan<byte> _chunks;
    private readonly ReadOnlySpan<byte> _pages;
    private readonly ReadOnlySpan<byte> _differences;

    private ParkedBlock(ReadOnlySpan<byte> raw)
    {
        int chunkBytes = BinaryPrimitives.ReadInt32LittleEndian(raw) * NumberBytes;
        int pageBytes = BinaryPrimitives.ReadInt32LittleEndian(raw[4..]) * NumberBytes;
        int processorBytes = BinaryPrimitives.ReadInt32LittleEndian(raw[8..]);
        ReadOnlySpan<byte> rest = raw[HeaderBytes..];
        _chunks = rest[..chunkBytes];
        _pages = rest.Slice(chunkBytes, pageBytes);
        Processor = rest.Slice(chunkBytes + pageBytes, processorBytes);
        _differences = rest[(chunkBytes + pageBytes + processorBytes)..];
    }

    /// <summary>Chunks that were committed.</summary>
    internal int ChunkCount => _chunks.Length / NumberBytes;

    /// <summary>Pages that differ from the base.</summary>
    internal int PageCount => _pages.Length / NumberBytes;

    /// <summary>The registers; empty if the VM idled.</summary>
    internal ReadOnlySpan<byte> Processor { get; }

    /// <summary>Unpacks a block.</summary>
    /// <param name="compressed">The block.</param>
    /// <param name="buffer">Has room for it; the result lies there.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static ParkedBlock Decode(ReadOnlySpan<byte> compressed, Span<byte> buffer)
    {
        int bytes = LZ4Codec.Decode(compressed, buffer);
        return bytes >= HeaderBytes
            ? new ParkedBlock(buffer[..bytes])
            : throw new InvalidDataException("A parked VM's memory cannot be read back.");
    }

    /// <summary>Number of a chunk.</summary>
    internal int Chunk(int index) => BinaryPrimitives.ReadInt32LittleEndian(_chunks[(index * NumberBytes)..]);

    /// <summary>Number of a page.</summary>
    internal uint Page(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_pages[(index * NumberBytes)..]);

    /// <summary>Its difference from the base, see <see cref="PageDelta"/>.</summary>
    internal ReadOnlySpan<byte> Difference(int index) => _differences.Slice(index * PageBytes, PageBytes);
}
