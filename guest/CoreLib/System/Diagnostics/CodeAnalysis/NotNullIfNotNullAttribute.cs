// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The output is not null if the named argument is not.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class NotNullIfNotNullAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="parameterName">The argument.</param>
    public NotNullIfNotNullAttribute(string parameterName)
    {
    }
}
