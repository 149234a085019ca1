// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="long"/>.</summary>
public readonly struct Int64 : IComparable<long>, IEquatable<long>
{
    /// <summary>The largest value.</summary>
    public const long MaxValue = 0x7FFFFFFFFFFFFFFF;

    /// <summary>The smallest value.</summary>
    public const long MinValue = unchecked((long)0x8000000000000000);

    /// <inheritdoc/>
    public int CompareTo(long other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(long other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is long other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)this ^ (int)(this >> 32));
}
