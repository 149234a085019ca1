// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The argument is not null when the method returns the value.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class NotNullWhenAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="returnValue">The return value.</param>
    public NotNullWhenAttribute(bool returnValue)
    {
    }
}
