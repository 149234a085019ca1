// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System.Runtime.Intrinsics;

/// <summary>128 bits of numbers of one type, in one register.</summary>
/// <remarks>
/// The compiler replaces every body; those here only say what is meant. It does so for the integers of 8 to 64 bits and
/// for floating-point numbers, and for nothing else.
/// </remarks>
/// <typeparam name="T">Type of the numbers.</typeparam>
[Intrinsic]
public readonly struct Vector128<T>
{
#pragma warning disable CS0169
    private readonly ulong _part0;
    private readonly ulong _part1;
#pragma warning restore CS0169

    /// <summary>All zero.</summary>
    public static Vector128<T> Zero
    {
        [Intrinsic]
        get => default;
    }

    /// <summary>The number of numbers.</summary>
    public static unsafe int Count
    {
        [Intrinsic]
        get => 16 / sizeof(T);
    }

    /// <summary>Sums.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Sums.</returns>
    [Intrinsic]
    public static Vector128<T> operator +(Vector128<T> left, Vector128<T> right) => left + right;

    /// <summary>Differences.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Differences.</returns>
    [Intrinsic]
    public static Vector128<T> operator -(Vector128<T> left, Vector128<T> right) => left - right;

    /// <summary>Products.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Products.</returns>
    [Intrinsic]
    public static Vector128<T> operator *(Vector128<T> left, Vector128<T> right) => left * right;

    /// <summary>Bits that are set in both.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Bits that are set in both.</returns>
    [Intrinsic]
    public static Vector128<T> operator &(Vector128<T> left, Vector128<T> right) => left & right;

    /// <summary>Bits that are set in one or both.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Bits that are set in one or both.</returns>
    [Intrinsic]
    public static Vector128<T> operator |(Vector128<T> left, Vector128<T> right) => left | right;

    /// <summary>Bits that are set in one.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Bits that are set in one.</returns>
    [Intrinsic]
    public static Vector128<T> operator ^(Vector128<T> left, Vector128<T> right) => left ^ right;

    /// <summary>Bits that are not set.</summary>
    /// <param name="vector">A vector.</param>
    /// <returns>The other bits.</returns>
    [Intrinsic]
    public static Vector128<T> operator ~(Vector128<T> vector) => ~vector;

    /// <summary>Shifts every number to the left.</summary>
    /// <param name="value">A vector.</param>
    /// <param name="shiftCount">How far.</param>
    /// <returns>The shifted numbers.</returns>
    [Intrinsic]
    public static Vector128<T> operator <<(Vector128<T> value, int shiftCount) => value << shiftCount;

    /// <summary>Shifts every number to the right and keeps its sign.</summary>
    /// <param name="value">A vector.</param>
    /// <param name="shiftCount">How far.</param>
    /// <returns>The shifted numbers.</returns>
    [Intrinsic]
    public static Vector128<T> operator >>(Vector128<T> value, int shiftCount) => value >> shiftCount;

    /// <summary>Shifts every number to the right and fills with zeros.</summary>
    /// <param name="value">A vector.</param>
    /// <param name="shiftCount">How far.</param>
    /// <returns>The shifted numbers.</returns>
    [Intrinsic]
    public static Vector128<T> operator >>>(Vector128<T> value, int shiftCount) => value >>> shiftCount;

    /// <summary>Whether all numbers are equal.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether all numbers are equal.</returns>
    [Intrinsic]
    public static bool operator ==(Vector128<T> left, Vector128<T> right) => left == right;

    /// <summary>Whether a number differs.</summary>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether a number differs.</returns>
    [Intrinsic]
    public static bool operator !=(Vector128<T> left, Vector128<T> right) => left != right;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Vector128<T> other && this == other;

    /// <summary>Panics: a vector has no hash.</summary>
    /// <returns>Never.</returns>
    public override int GetHashCode() => throw new NotSupportedException("GetHashCode of a vector");
}
