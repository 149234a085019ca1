// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>An index from the start or, written <c>^n</c>, from the end.</summary>
public readonly struct Index : IEquatable<Index>
{
    // From the end: the complement, so that one number says both.
    private readonly int _value;

    /// <summary>Makes the index.</summary>
    /// <param name="value">Elements from the start or the end.</param>
    /// <param name="fromEnd">Whether it counts from the end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Index(int value, bool fromEnd = false)
    {
        if (value < 0)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        _value = fromEnd ? ~value : value;
    }

    /// <summary>The first element.</summary>
    public static Index Start => default;

    /// <summary>Behind the last element.</summary>
    public static Index End => new(0, fromEnd: true);

    /// <summary>Elements from the start or the end.</summary>
    public int Value => _value < 0 ? ~_value : _value;

    /// <summary>Whether it counts from the end.</summary>
    public bool IsFromEnd => _value < 0;

    /// <summary>An index from the start.</summary>
    /// <param name="value">Elements from the start.</param>
    public static implicit operator Index(int value) => new(value);

    /// <summary>The index from the start.</summary>
    /// <param name="length">Number of elements.</param>
    /// <returns>Elements from the start; not checked against the length.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int GetOffset(int length) => _value < 0 ? length + _value + 1 : _value;

    /// <inheritdoc/>
    public bool Equals(Index other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value;
}
