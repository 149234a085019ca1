// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Has an order.</summary>
/// <typeparam name="T">With what.</typeparam>
public interface IComparable<in T>
{
    /// <summary>Orders this and another.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Negative, zero or positive: before, equal or after.</returns>
    int CompareTo(T? other);
}
