// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="ushort"/>.</summary>
public readonly struct UInt16 : IComparable<ushort>, IEquatable<ushort>
{
    /// <summary>The largest value.</summary>
    public const ushort MaxValue = 0xFFFF;

    /// <summary>The smallest value.</summary>
    public const ushort MinValue = 0;

    /// <inheritdoc/>
    public int CompareTo(ushort other) => this < other ? -1 : this > other ? 1 : 0;

    /// <inheritdoc/>
    public bool Equals(ushort other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ushort other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;
}
