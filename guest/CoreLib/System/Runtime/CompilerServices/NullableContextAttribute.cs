// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The default of <see cref="NullableAttribute"/> inside the target.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class NullableContextAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="flag">The flag.</param>
    public NullableContextAttribute(byte flag)
    {
    }
}
