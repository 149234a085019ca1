// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="int"/>.</summary>
public readonly struct Int32 : IComparable<int>, IEquatable<int>
{
    /// <summary>The largest value.</summary>
    public const int MaxValue = 0x7FFFFFFF;

    /// <summary>The smallest value.</summary>
    public const int MinValue = unchecked((int)0x80000000);

    /// <inheritdoc/>
    public int CompareTo(int other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(int other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is int other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;
}
