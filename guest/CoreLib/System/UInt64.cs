// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="ulong"/>.</summary>
public readonly struct UInt64 : IComparable<ulong>, IEquatable<ulong>
{
    /// <summary>The largest value.</summary>
    public const ulong MaxValue = 0xFFFFFFFFFFFFFFFF;

    /// <summary>The smallest value.</summary>
    public const ulong MinValue = 0;

    /// <inheritdoc/>
    public int CompareTo(ulong other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(ulong other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ulong other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)this ^ (int)(this >> 32));
}
