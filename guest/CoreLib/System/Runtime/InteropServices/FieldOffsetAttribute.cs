// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>Where a field of an explicit layout lies.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class FieldOffsetAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="offset">Bytes from the start.</param>
    public FieldOffsetAttribute(int offset)
    {
    }
}
