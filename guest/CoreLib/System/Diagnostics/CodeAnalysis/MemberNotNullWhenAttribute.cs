// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The member is not null when the method returns the value.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class MemberNotNullWhenAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="returnValue">The return value.</param>
    /// <param name="member">The member.</param>
    public MemberNotNullWhenAttribute(bool returnValue, string member)
    {
    }
}
