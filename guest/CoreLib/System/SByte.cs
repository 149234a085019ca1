// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="sbyte"/>.</summary>
public readonly struct SByte : IComparable<sbyte>, IEquatable<sbyte>
{
    /// <summary>The largest value.</summary>
    public const sbyte MaxValue = 0x7F;

    /// <summary>The smallest value.</summary>
    public const sbyte MinValue = unchecked((sbyte)0x80);

    /// <inheritdoc/>
    public int CompareTo(sbyte other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(sbyte other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is sbyte other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;
}
