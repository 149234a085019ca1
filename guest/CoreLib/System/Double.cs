// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="double"/>.</summary>
public readonly partial struct Double : IComparable<double>, IEquatable<double>
{
    /// <summary>The largest finite value.</summary>
    public const double MaxValue = 1.7976931348623157E+308;

    /// <summary>The smallest finite value.</summary>
    public const double MinValue = -1.7976931348623157E+308;

    /// <summary>The smallest positive value.</summary>
    public const double Epsilon = 4.9406564584124654E-324;

    /// <summary>Not a number.</summary>
    public const double NaN = 0.0 / 0.0;

    /// <summary>Positive infinity.</summary>
    public const double PositiveInfinity = 1.0 / 0.0;

    /// <summary>Negative infinity.</summary>
    public const double NegativeInfinity = -1.0 / 0.0;

    /// <summary>Whether the value is not a number.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is not a number.</returns>
    public static bool IsNaN(double value) => !(value <= PositiveInfinity);

    /// <summary>Whether the value is neither infinite nor not a number.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is finite.</returns>
    public static bool IsFinite(double value) => value - value == 0;

    /// <inheritdoc/>
    public int CompareTo(double other) =>
        this < other ? -1 : this > other ? 1 : this == other ? 0 : !IsNaN(this) ? 1 : IsNaN(other) ? 0 : -1;

    /// <inheritdoc/>
    public bool Equals(double other) => this == other || (IsNaN(this) && IsNaN(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is double other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => this == 0 ? 0 : BitConverter.DoubleToInt64Bits(this).GetHashCode();
}
