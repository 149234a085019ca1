// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="uint"/>.</summary>
public readonly struct UInt32 : IComparable<uint>, IEquatable<uint>
{
    /// <summary>The largest value.</summary>
    public const uint MaxValue = 0xFFFFFFFF;

    /// <summary>The smallest value.</summary>
    public const uint MinValue = 0;

    /// <inheritdoc/>
    public int CompareTo(uint other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(uint other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is uint other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)this;
}
