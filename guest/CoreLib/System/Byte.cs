// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="byte"/>.</summary>
public readonly struct Byte : IComparable<byte>, IEquatable<byte>
{
    /// <summary>The largest value.</summary>
    public const byte MaxValue = 0xFF;

    /// <summary>The smallest value.</summary>
    public const byte MinValue = 0;

    /// <inheritdoc/>
    public int CompareTo(byte other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(byte other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is byte other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;
}
