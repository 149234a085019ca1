// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Which references of a signature may be null.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class NullableAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="flag">One flag for all.</param>
    public NullableAttribute(byte flag)
    {
    }

    /// <summary>Marks the target.</summary>
    /// <param name="flags">One flag for each.</param>
    public NullableAttribute(byte[] flags)
    {
    }
}
