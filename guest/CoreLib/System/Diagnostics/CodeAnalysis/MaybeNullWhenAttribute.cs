// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The argument may be null when the method returns the value.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class MaybeNullWhenAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="returnValue">The return value.</param>
    public MaybeNullWhenAttribute(bool returnValue)
    {
    }
}
