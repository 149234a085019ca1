// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="float"/>.</summary>
public readonly partial struct Single : IComparable<float>, IEquatable<float>
{
    /// <summary>The largest finite value.</summary>
    public const float MaxValue = 3.40282346638528859e+38f;

    /// <summary>The smallest finite value.</summary>
    public const float MinValue = -3.40282346638528859e+38f;

    /// <summary>The smallest positive value.</summary>
    public const float Epsilon = 1.4e-45f;

    /// <summary>Not a number.</summary>
    public const float NaN = 0.0f / 0.0f;

    /// <summary>Positive infinity.</summary>
    public const float PositiveInfinity = 1.0f / 0.0f;

    /// <summary>Negative infinity.</summary>
    public const float NegativeInfinity = -1.0f / 0.0f;

    /// <summary>Whether the value is not a number.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is not a number.</returns>
    public static bool IsNaN(float value) => !(value <= PositiveInfinity);

    /// <summary>Whether the value is neither infinite nor not a number.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is finite.</returns>
    public static bool IsFinite(float value) => value - value == 0;

    /// <inheritdoc/>
    public int CompareTo(float other) =>
        this < other ? -1 : this > other ? 1 : this == other ? 0 : !IsNaN(this) ? 1 : IsNaN(other) ? 0 : -1;

    /// <inheritdoc/>
    public bool Equals(float other) => this == other || (IsNaN(this) && IsNaN(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is float other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => this == 0 ? 0 : BitConverter.SingleToInt32Bits(this);
}
