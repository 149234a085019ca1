// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Can be compared for equality.</summary>
/// <typeparam name="T">With what.</typeparam>
public interface IEquatable<T>
{
    /// <summary>Whether this equals another.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether they are equal.</returns>
    bool Equals(T? other);
}
