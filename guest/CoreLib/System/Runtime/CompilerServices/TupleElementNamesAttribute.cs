// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The names of a tuple's elements.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class TupleElementNamesAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="transformNames">The names.</param>
    public TupleElementNamesAttribute(string?[] transformNames)
    {
    }
}
