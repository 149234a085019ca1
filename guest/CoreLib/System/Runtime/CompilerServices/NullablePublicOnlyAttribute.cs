// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Nullability is recorded for public members only.</summary>
[AttributeUsage(AttributeTargets.Module)]
public sealed class NullablePublicOnlyAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="includesInternals">Whether internals are recorded too.</param>
    public NullablePublicOnlyAttribute(bool includesInternals)
    {
    }
}
