// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="bool"/>.</summary>
public readonly struct Boolean : IEquatable<bool>
{
    /// <inheritdoc/>
    public bool Equals(bool other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is bool other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this ? 1 : 0;
}
