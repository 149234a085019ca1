// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The base that the compiler gives to all delegates.</summary>
public abstract class MulticastDelegate : Delegate
{
    internal MulticastDelegate()
    {
    }

    /// <summary>Whether two delegates are equal.</summary>
    /// <param name="d1">A delegate.</param>
    /// <param name="d2">Another.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(MulticastDelegate? d1, MulticastDelegate? d2) => AreEqual(d1, d2);

    /// <summary>Whether two delegates differ.</summary>
    /// <param name="d1">A delegate.</param>
    /// <param name="d2">Another.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(MulticastDelegate? d1, MulticastDelegate? d2) => !AreEqual(d1, d2);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => base.Equals(obj);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => base.GetHashCode();

    private static bool AreEqual(MulticastDelegate? d1, MulticastDelegate? d2) =>
        ReferenceEquals(d1, d2) || (d1 is not null && d1.Equals(d2));
}
