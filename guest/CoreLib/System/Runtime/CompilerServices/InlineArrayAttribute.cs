// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The structure is that many of its one field, one after the other.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class InlineArrayAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="length">The number of elements.</param>
    public InlineArrayAttribute(int length)
    {
    }
}
