// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The members are not null when the method returns.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class MemberNotNullAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="members">The members.</param>
    public MemberNotNullAttribute(params string[] members)
    {
    }
}
