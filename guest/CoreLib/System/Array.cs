// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The base of all arrays.</summary>
/// <remarks>
/// In memory: the method table, the length in 32 bits, 32 bits of padding, the elements. Arrays of several dimensions
/// are refused when the guest is built.
/// </remarks>
public abstract class Array
{
#pragma warning disable CS0649
    internal int _numComponents;
#pragma warning restore CS0649

    internal Array()
    {
    }

    /// <summary>Most elements that an array may have.</summary>
    public static int MaxLength => 0x7FFFFFC7;

    /// <summary>The number of elements.</summary>
    public int Length
    {
        [Intrinsic]
        get => _numComponents;
    }

    /// <summary>The number of elements.</summary>
    public long LongLength => (uint)_numComponents;

    /// <summary>An array without elements. The same one is given out again.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <returns>The array.</returns>
    public static T[] Empty<T>() => EmptyArray<T>.Value;

    /// <summary>Copies elements from the start of one array to the start of another.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="sourceArray">Where to read.</param>
    /// <param name="destinationArray">Where to write.</param>
    /// <param name="length">The number of elements.</param>
    public static void Copy<T>(T[] sourceArray, T[] destinationArray, int length) =>
        new ReadOnlySpan<T>(sourceArray, 0, length).CopyTo(new Span<T>(destinationArray));

    /// <summary>Copies elements from one array to another.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="sourceArray">Where to read.</param>
    /// <param name="sourceIndex">First element to read.</param>
    /// <param name="destinationArray">Where to write.</param>
    /// <param name="destinationIndex">First element to write.</param>
    /// <param name="length">The number of elements.</param>
    public static void Copy<T>(
        T[] sourceArray, int sourceIndex, T[] destinationArray, int destinationIndex, int length) =>
        new ReadOnlySpan<T>(sourceArray, sourceIndex, length)
            .CopyTo(new Span<T>(destinationArray, destinationIndex, length));

    /// <summary>Zeroes all elements.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    public static void Clear<T>(T[] array) => new Span<T>(array).Clear();

    /// <summary>Zeroes elements.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <param name="index">The first one.</param>
    /// <param name="length">The number of elements.</param>
    public static void Clear<T>(T[] array, int index, int length) => new Span<T>(array, index, length).Clear();

    /// <summary>Sets all elements.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <param name="value">The value.</param>
    public static void Fill<T>(T[] array, T value) => new Span<T>(array).Fill(value);

    private static class EmptyArray<T>
    {
        internal static readonly T[] Value = new T[0];
    }
}
