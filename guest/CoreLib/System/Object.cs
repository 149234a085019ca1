// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using Internal.Runtime;

namespace System;

/// <summary>The base of all types.</summary>
/// <remarks>
/// An object is a pointer to its <see cref="MethodTable"/> followed by its fields. It never moves and nothing collects
/// it: it lives until its memory is given back to the heap explicitly.
/// </remarks>
public class Object
{
    // The compiler counts this field when it lays out every other class.
#pragma warning disable CS0649
    internal unsafe MethodTable* m_pMethodTable;
#pragma warning restore CS0649

    /// <summary>Whether the object equals another; by default, whether it is the same.</summary>
    /// <param name="obj">The other object.</param>
    /// <returns>Whether they are equal.</returns>
    public virtual bool Equals(object? obj) => this == obj;

    /// <summary>A number that is the same for equal objects.</summary>
    /// <returns>By default the address: objects do not move.</returns>
    public virtual unsafe int GetHashCode()
    {
        object self = this;
        return (int)(*(ulong*)&self >> 3);
    }

    /// <summary>Whether two references are the same.</summary>
    /// <param name="objA">A reference.</param>
    /// <param name="objB">Another.</param>
    /// <returns>Whether they are the same.</returns>
    public static bool ReferenceEquals([NotNullWhen(true)] object? objA, [NotNullWhen(true)] object? objB) =>
        objA == objB;

    /// <summary>A text for the object: none, because guests do not format through objects.</summary>
    /// <returns>An empty string.</returns>
    public virtual string ToString() => string.Empty;
}
