// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The bits of floating-point numbers.</summary>
public static class BitConverter
{
    /// <summary>Guests run on little-endian machines only.</summary>
    public static readonly bool IsLittleEndian = true;

    /// <summary>The bits of a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its bits.</returns>
    [Intrinsic]
    public static unsafe int SingleToInt32Bits(float value) => *(int*)&value;

    /// <summary>The number of some bits.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number.</returns>
    [Intrinsic]
    public static unsafe float Int32BitsToSingle(int value) => *(float*)&value;

    /// <summary>The bits of a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its bits.</returns>
    [Intrinsic]
    public static unsafe long DoubleToInt64Bits(double value) => *(long*)&value;

    /// <summary>The number of some bits.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number.</returns>
    [Intrinsic]
    public static unsafe double Int64BitsToDouble(long value) => *(double*)&value;

    /// <summary>The bits of a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its bits.</returns>
    [Intrinsic]
    public static unsafe ulong DoubleToUInt64Bits(double value) => *(ulong*)&value;

    /// <summary>The number of some bits.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The number.</returns>
    [Intrinsic]
    public static unsafe double UInt64BitsToDouble(ulong value) => *(double*)&value;
}
