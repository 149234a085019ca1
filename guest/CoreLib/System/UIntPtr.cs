// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="nuint"/>, as wide as an address.</summary>
public readonly struct UIntPtr : IComparable<nuint>, IEquatable<nuint>
{
    /// <summary>Zero.</summary>
    public static readonly nuint Zero;

    /// <summary>Bytes in an address.</summary>
    public static int Size => 8;

    /// <summary>The largest value.</summary>
    public static nuint MaxValue => unchecked((nuint)ulong.MaxValue);

    /// <summary>The smallest value.</summary>
    public static nuint MinValue => unchecked((nuint)ulong.MinValue);

    /// <inheritdoc/>
    public int CompareTo(nuint other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(nuint other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is nuint other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)this);
}
