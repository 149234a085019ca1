// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Images.Tests;

/// <summary>Damages a file at random places in the ways that hurt parsers.</summary>
public static class ImageMutator
{
    /// <summary>Values that lie at the edges of checks.</summary>
    public static readonly ulong[] Boundaries =
    [
        0, 1, 2, 3, 4, 5, 7, 8, 16, 62, 63, 64, 127, 128, 255, 256, 0xFFF, 0x1000, 0x1001, 0x7FFF, 0x8000, 0xFFFF,
        0x10000, 0x11000, 0x1FFFF, 0x20000, 0x20004, 0x21000, 0x22010, 0xFFFFF, 0x100000, 0x400000, 0x7FFFFFFF,
        0x80000000, 0xFFFFFFFF, 0x1_0000_0000, 0x2_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
        0xFFFF_FFFF_FFFF_F000, 0xFFFF_FFFF_FFFF_FFFE, ulong.MaxValue,
    ];

    /// <summary>A damaged copy.</summary>
    public static byte[] Mutate(byte[] file, Random random)
    {
        byte[] copy = [.. file];
        int count = 1 + random.Next(4);
        for (int index = 0; index < count && copy.Length > 0; index++)
        {
            copy = MutateOnce(copy, random);
        }

        return copy;
    }

    private static byte[] MutateOnce(byte[] file, Random random)
    {
        // Most fields that decide lie in the headers at the beginning.
        int at = random.Next(2) == 0 ? random.Next(file.Length) : random.Next(Math.Min(file.Length, 512));
        switch (random.Next(6))
        {
            case 0:
                return file[..random.Next(file.Length)];
            case 1:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case 2:
                file[at] = (byte)random.Next(256);
                return file;
            case 3:
                int length = Math.Min(random.Next(1, 64), file.Length - at);
                int from = random.Next(file.Length - length + 1);
                file.AsSpan(from, length).CopyTo(file.AsSpan(at, length));
                return file;
            default:
                Overwrite(file, at, random);
                return file;
        }
    }

    private static void Overwrite(byte[] file, int at, Random random)
    {
        ulong value = Boundaries[random.Next(Boundaries.Length)] + (ulong)random.Next(-1, 2);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        int width = 1 << random.Next(4);
        at = at / width * width;
        bytes[..Math.Min(width, file.Length - at)].CopyTo(file.AsSpan(at));
    }
}
