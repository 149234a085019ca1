// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The base of all structures.</summary>
public abstract class ValueType
{
    /// <summary>Panics: comparing a structure field by field would need reflection.</summary>
    /// <param name="obj">The other value.</param>
    /// <returns>Never.</returns>
    public override bool Equals(object? obj) =>
        throw new NotSupportedException("A structure is compared as an object: implement IEquatable and Equals");

    /// <summary>Panics: hashing a structure field by field would need reflection.</summary>
    /// <returns>Never.</returns>
    public override int GetHashCode() =>
        throw new NotSupportedException("A structure is hashed as an object: override GetHashCode");
}
