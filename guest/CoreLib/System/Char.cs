// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="char"/>: one UTF-16 code unit. Text of guests is UTF-8.</summary>
public readonly struct Char : IComparable<char>, IEquatable<char>
{
    /// <summary>The largest value.</summary>
    public const char MaxValue = (char)0xFFFF;

    /// <summary>The smallest value.</summary>
    public const char MinValue = (char)0;

    /// <inheritdoc/>
    public int CompareTo(char other) => this - other;

    /// <inheritdoc/>
    public bool Equals(char other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is char other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;
}
