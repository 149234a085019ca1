// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The floating-point operations that the processor has, in single precision.</summary>
public static class MathF
{
    /// <summary>The number without its sign.</summary>
    /// <param name="x">The number.</param>
    /// <returns>The number without its sign.</returns>
    [Intrinsic]
    public static float Abs(float x) => Abs(x);

    /// <summary>The square root.</summary>
    /// <param name="x">The number.</param>
    /// <returns>The square root.</returns>
    [Intrinsic]
    public static float Sqrt(float x) => Sqrt(x);

    /// <summary>The largest whole number that is not larger.</summary>
    /// <param name="x">The number.</param>
    /// <returns>The largest whole number that is not larger.</returns>
    [Intrinsic]
    public static float Floor(float x) => Floor(x);

    /// <summary>The smallest whole number that is not smaller.</summary>
    /// <param name="x">The number.</param>
    /// <returns>The smallest whole number that is not smaller.</returns>
    [Intrinsic]
    public static float Ceiling(float x) => Ceiling(x);

    /// <summary>The whole part.</summary>
    /// <param name="x">The number.</param>
    /// <returns>The whole part.</returns>
    [Intrinsic]
    public static float Truncate(float x) => Truncate(x);

    /// <summary>The nearest whole number, the even one of two.</summary>
    /// <param name="x">The number.</param>
    /// <returns>The nearest whole number, the even one of two.</returns>
    [Intrinsic]
    public static float Round(float x) => Round(x);
}
