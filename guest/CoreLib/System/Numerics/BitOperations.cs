// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>Counting and turning bits.</summary>
public static class BitOperations
{
    /// <summary>The number of bits that are set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of bits that are set.</returns>
    [Intrinsic]
    public static int PopCount(uint value) => PopCount(value);

    /// <summary>The number of bits that are set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of bits that are set.</returns>
    [Intrinsic]
    public static int PopCount(ulong value) => PopCount(value);

    /// <summary>The number of bits that are set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of bits that are set.</returns>
    public static int PopCount(nuint value) => PopCount((ulong)value);

    /// <summary>The number of zero bits above the highest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits above the highest that is set.</returns>
    [Intrinsic]
    public static int LeadingZeroCount(uint value) => LeadingZeroCount(value);

    /// <summary>The number of zero bits above the highest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits above the highest that is set.</returns>
    [Intrinsic]
    public static int LeadingZeroCount(ulong value) => LeadingZeroCount(value);

    /// <summary>The number of zero bits above the highest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits above the highest that is set.</returns>
    public static int LeadingZeroCount(nuint value) => LeadingZeroCount((ulong)value);

    /// <summary>The number of zero bits below the lowest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits below the lowest that is set.</returns>
    [Intrinsic]
    public static int TrailingZeroCount(uint value) => TrailingZeroCount(value);

    /// <summary>The number of zero bits below the lowest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits below the lowest that is set.</returns>
    [Intrinsic]
    public static int TrailingZeroCount(ulong value) => TrailingZeroCount(value);

    /// <summary>The number of zero bits below the lowest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits below the lowest that is set.</returns>
    public static int TrailingZeroCount(nuint value) => TrailingZeroCount((ulong)value);

    /// <summary>The number of zero bits below the lowest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits below the lowest that is set.</returns>
    public static int TrailingZeroCount(int value) => TrailingZeroCount(unchecked((uint)value));

    /// <summary>The number of zero bits below the lowest that is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number of zero bits below the lowest that is set.</returns>
    public static int TrailingZeroCount(long value) => TrailingZeroCount(unchecked((ulong)value));

    /// <summary>The index of the highest bit that is set; 0 for 0.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The index.</returns>
    public static int Log2(uint value) => 31 - LeadingZeroCount(value | 1);

    /// <summary>Turns bits to the left.</summary>
    /// <param name="value">The bits.</param>
    /// <param name="offset">How far.</param>
    /// <returns>The turned bits.</returns>
    public static uint RotateLeft(uint value, int offset) => (value << offset) | (value >> (32 - offset));

    /// <summary>Turns bits to the right.</summary>
    /// <param name="value">The bits.</param>
    /// <param name="offset">How far.</param>
    /// <returns>The turned bits.</returns>
    public static uint RotateRight(uint value, int offset) => (value >> offset) | (value << (32 - offset));

    /// <summary>Whether exactly one bit is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>Whether it is a power of two.</returns>
    public static bool IsPow2(uint value) => value != 0 && (value & (value - 1)) == 0;

    /// <summary>The smallest power of two that is not smaller; 0 if there is none.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The power of two.</returns>
    public static uint RoundUpToPowerOf2(uint value)
    {
        if (value <= 1)
        {
            return value;
        }

        int shift = 32 - LeadingZeroCount(value - 1);
        return shift == 32 ? 0 : (uint)1 << shift;
    }

    /// <summary>The index of the highest bit that is set; 0 for 0.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The index.</returns>
    public static int Log2(ulong value) => 63 - LeadingZeroCount(value | 1);

    /// <summary>Turns bits to the left.</summary>
    /// <param name="value">The bits.</param>
    /// <param name="offset">How far.</param>
    /// <returns>The turned bits.</returns>
    public static ulong RotateLeft(ulong value, int offset) => (value << offset) | (value >> (64 - offset));

    /// <summary>Turns bits to the right.</summary>
    /// <param name="value">The bits.</param>
    /// <param name="offset">How far.</param>
    /// <returns>The turned bits.</returns>
    public static ulong RotateRight(ulong value, int offset) => (value >> offset) | (value << (64 - offset));

    /// <summary>Whether exactly one bit is set.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>Whether it is a power of two.</returns>
    public static bool IsPow2(ulong value) => value != 0 && (value & (value - 1)) == 0;

    /// <summary>The smallest power of two that is not smaller; 0 if there is none.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The power of two.</returns>
    public static ulong RoundUpToPowerOf2(ulong value)
    {
        if (value <= 1)
        {
            return value;
        }

        int shift = 64 - LeadingZeroCount(value - 1);
        return shift == 64 ? 0 : (ulong)1 << shift;
    }
}
