// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="short"/>.</summary>
public readonly struct Int16 : IComparable<short>, IEquatable<short>
{
    /// <summary>The largest value.</summary>
    public const short MaxValue = 0x7FFF;

    /// <summary>The smallest value.</summary>
    public const short MinValue = unchecked((short)0x8000);

    /// <inheritdoc/>
    public int CompareTo(short other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(short other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is short other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;
}
