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

    /// <summary>The class of an allocation.</summary>
    /// <param name="bytes">Its size, at most <see cref="LargestBytes"/>.</param>
    /// <returns>The class.</returns>
    internal static int Of(nuint bytes) => Classes[(int)((bytes + Granule - 1) >> GranuleShift)];

    /// <summary>The blocks of a class.</summary>
    /// <param name="sizeClass">The class.</param>
    /// <returns>Their size in bytes.</returns>
    internal static uint BytesOf(int sizeClass) => (uint)Granules[sizeClass] << GranuleShift;

    /// <summary>How long the slabs of a class are: long enough that little is left over.</summary>
    /// <param name="sizeClass">The class.</param>
    /// <returns>The number of pages.</returns>
    internal static uint SlabPages(int sizeClass)
    {
        uint bytes = BytesOf(sizeClass);
        return bytes <= 512 ? 1u : bytes <= 1024 ? 2u : 4u;
    }
}
