// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>The sizes of the heap's blocks: multiples of 16 bytes, about an eighth apart.</summary>
internal static class SizeClass
{
    /// <summary>Number of classes.</summary>
    internal const int Count = 24;

    /// <summary>Largest block; what is larger is a run of pages.</summary>
    internal const uint LargestBytes = 2048;

    private const int GranuleShift = 4;
    private const int Granule = 1 << GranuleShift;

    // In units of 16 bytes.
    private static ReadOnlySpan<byte> Granules =>
        [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128];

    // The class of a block of so many units of 16 bytes.
    private static ReadOnlySpan<byte> Classes =>
    [
        0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9, 10, 10, 11, 11,
        12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15,
        16, 16, 16, 16, 16, 16, 16, 16, 17, 17, 17, 17, 17, 17, 17, 17,
        18, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19, 19, 19,
        20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20,
        21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21,
        22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22,
        23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,
    ];

    // Blocks in a slab.
    private static ReadOnlySpan<ushort> Blocks =>
    [
        256, 128, 85, 64, 51, 42, 36, 32, 25, 21, 18, 16, 12, 10, 9, 8, 12, 10, 9, 8, 12, 10, 9, 8,
    ];

    // 65536 / size in units of 16 bytes, rounded up: a product instead of a division. It is exact for the start of a
    // block; for other offsets the index times the size is not the offset.
    private static ReadOnlySpan<uint> Reciprocals =>
    [
        65536, 32768, 21846, 16384, 13108, 10923, 9363, 8192, 6554, 5462, 4682, 4096, 3277, 2731, 2341, 2048, 1639,
        1366, 1171, 1024, 820, 683, 586, 512,
    ];

    /// <summary>The class of an allocation.</summary>
    /// <param name="bytes">Its size, at most <see cref="LargestBytes"/>.</param>
    /// <returns>The class.</returns>
    internal static int Of(nuint bytes) => Classes[(int)((bytes + Granule - 1) >> GranuleShift)];

    /// <summary>The blocks of a class.</summary>
    /// <param name="sizeClass">The class.</param>
    /// <returns>Their size in bytes.</returns>
    internal static uint BytesOf(int sizeClass) => (uint)Granules[sizeClass] << GranuleShift;

    /// <summary>The blocks that a slab is cut into.</summary>
    /// <param name="sizeClass">The class.</param>
    /// <returns>Their number.</returns>
    internal static uint BlocksOf(int sizeClass) => Blocks[sizeClass];

    /// <summary>The block that starts at an offset.</summary>
    /// <param name="sizeClass">The class.</param>
    /// <param name="offset">Bytes from the start of the slab.</param>
    /// <returns>Its index; of an offset inside a block, any number.</returns>
    internal static uint IndexOf(int sizeClass, uint offset) =>
        ((offset >> GranuleShift) * Reciprocals[sizeClass]) >> 16;

    /// <summary>How long the slabs of a class are: long enough that little is left over.</summary>
    /// <param name="sizeClass">The class.</param>
    /// <returns>The number of pages.</returns>
    internal static uint SlabPages(int sizeClass)
    {
        uint bytes = BytesOf(sizeClass);
        return bytes <= 512 ? 1u : bytes <= 1024 ? 2u : 4u;
    }
}
