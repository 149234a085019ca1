// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="nint"/>, as wide as an address.</summary>
public readonly struct IntPtr : IComparable<nint>, IEquatable<nint>
{
    /// <summary>Zero.</summary>
    public static readonly nint Zero;

    /// <summary>Bytes in an address.</summary>
    public static int Size => 8;

    /// <summary>The largest value.</summary>
    public static nint MaxValue => unchecked((nint)long.MaxValue);

    /// <summary>The smallest value.</summary>
    public static nint MinValue => unchecked((nint)long.MinValue);

    /// <inheritdoc/>
    public int CompareTo(nint other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(nint other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is nint other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)this);
}
