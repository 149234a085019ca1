// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Numerics;
using Denali.Hardware;
using Xunit;

namespace Denali.Images.Tests;

/// <summary>The promises of an accepted image, checked anew from the file's bytes in unbounded integers, with nothing
/// of the parser's code.</summary>
public static class ImageInvariants
{
    /// <summary>Fails the test if a promise is broken.</summary>
    public static void Check(DenaliImage image, byte[] file)
    {
        Assert.Equal(0x00010102464C457FUL, BinaryPrimitives.ReadUInt64LittleEndian(file) & 0x00FFFFFFFFFFFFFFUL);
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(16)));
        Assert.Equal(62, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(18)));
        Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(24)), image.Entry);
        CheckNote(image);
        CheckSegments(image, file);
        CheckLayouts(image);
        CheckSymbols(image);
        CheckSections(image, file);
    }

    private static void CheckSections(DenaliImage image, byte[] file)
    {
        foreach (string name in (string[])[".text", ".strtab", ".debug_line"])
        {
            if (image.TryFindSection(name, out ImageSection section) && !section.Bytes.IsEmpty)
            {
                Assert.True(file.AsSpan().Overlaps(section.Bytes.Span));
            }
        }
    }

    private static void CheckNote(DenaliImage image)
    {
        ImageNote note = image.Note;
        Assert.Equal(1u, note.ArchitectureVersion);
        Assert.InRange(note.ProcessorLevel, 2u, 4u);
        Assert.InRange(image.PreferredMemoryBytes, 1UL << 20, 1UL << 32);
        Assert.Equal(0UL, image.PreferredMemoryBytes % 65536);
        Assert.InRange(note.StackBytes, 8192u, 16u << 20);
        Assert.Equal(0u, note.StackBytes % 4096);
        Assert.InRange(note.StackCount, 1u, 4096u);
        Assert.True((ulong)note.RequiredFeatures < 16);
    }

    private static void CheckSegments(DenaliImage image, byte[] file)
    {
        Assert.InRange(image.Segments.Length, 1, ImageLimits.SegmentCountMax);
        Assert.Equal(LoadHeaders(file), image.Segments.Length);
        var owners = new List<(BigInteger First, BigInteger Last)>();
        bool entryIsExecutable = false;
        foreach (ImageSegment segment in image.Segments)
        {
            BigInteger end = (BigInteger)segment.Address + segment.MemoryBytes;
            Assert.True(segment.Address >= 0x20000);
            Assert.True(segment.MemoryBytes > 0 && segment.FileBytes >= 0 && segment.FileOffset >= 0);
            Assert.True((ulong)segment.FileBytes <= segment.MemoryBytes);
            Assert.True((BigInteger)segment.FileOffset + segment.FileBytes <= file.Length);
            Assert.True(end <= image.PreferredMemoryBytes);
            Assert.True((uint)segment.Permissions is 4 or 5 or 6);
            Assert.Equal(segment.FileBytes, image.BytesOf(segment).Length);
            owners.Add(((BigInteger)segment.Address / 4096, (end - 1) / 4096));

            entryIsExecutable |= segment.IsExecutable && image.Entry >= segment.Address && image.Entry < end;
        }

        Assert.True(entryIsExecutable);
        for (int left = 0; left < owners.Count; left++)
        {
            for (int right = left + 1; right < owners.Count; right++)
            {
                bool isApart = owners[left].Last < owners[right].First || owners[right].Last < owners[left].First;
                Assert.True(isApart, "two segments share a page");
            }
        }
    }

    private static int LoadHeaders(byte[] file)
    {
        int loads = 0;
        int at = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(32));
        for (int left = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(56)); left > 0; left--, at += 56)
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
            ulong fileBytes = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at + 32));
            ulong memoryBytes = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at + 40));
            Assert.True(type is not (2 or 3), "wants a dynamic linker");
            loads += type == 1 && (fileBytes != 0 || memoryBytes != 0) ? 1 : 0;
        }

        return loads;
    }

    private static void CheckLayouts(DenaliImage image)
    {
        foreach (ulong bytes in (ulong[])[0, image.MinimumMemoryBytes, 1 << 20, 16 << 20, 1UL << 32, 12345, 1UL << 63])
        {
            if (!DenaliImage.TryResolveMemory(image, bytes, out MemoryLayout layout, out ImageError error))
            {
                Assert.Equal(ImageErrorKind.RequestedMemoryRefused, error.Kind);
                Assert.NotEqual(0UL, bytes);
                Assert.NotEqual(image.MinimumMemoryBytes, bytes);
                continue;
            }

            Assert.InRange(layout.MemoryBytes, 1UL << 20, 1UL << 32);
            Assert.Equal(0UL, layout.MemoryBytes % 65536);
            Assert.Equal(0UL, layout.HeapBase % 4096);
            Assert.Equal(0UL, layout.StackAreaBase % 4096);
            Assert.True(layout.HeapBase <= layout.StackAreaBase && layout.StackAreaBase < layout.MemoryBytes);
            Assert.True(image.Segments[^1].End <= layout.HeapBase);
            Assert.Equal(
                (BigInteger)layout.MemoryBytes - layout.StackAreaBase,
                (BigInteger)layout.StackBytes * layout.StackCount);
        }
    }

    private static void CheckSymbols(DenaliImage image)
    {
        SymbolTable table = image.Symbols;
        for (int index = 0; index < table.Count; index++)
        {
            ulong address = table.AddressAt(index);
            Assert.True(index == 0 || table.AddressAt(index - 1) < address);
            Assert.True(table.TryFind(address, out SymbolMatch match));
            Assert.Equal(0UL, match.Offset);
            Assert.True(match.Name.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0);
            Assert.True(image.TryFindSegment(address, out ImageSegment segment) && segment.IsExecutable);
        }
    }
}
