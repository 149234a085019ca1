// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>fixed</c> on a field becomes.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class FixedBufferAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="elementType">The element.</param>
    /// <param name="length">The number of elements.</param>
    public FixedBufferAttribute(Type elementType, int length)
    {
    }
}
