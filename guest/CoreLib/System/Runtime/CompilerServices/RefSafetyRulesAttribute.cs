// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The language version whose rules for references the module follows.</summary>
[AttributeUsage(AttributeTargets.Module)]
public sealed class RefSafetyRulesAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="version">The version.</param>
    public RefSafetyRulesAttribute(int version)
    {
    }
}
