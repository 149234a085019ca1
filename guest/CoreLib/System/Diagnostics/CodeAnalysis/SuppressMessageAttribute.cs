// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>An analyzer does not report the target.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class SuppressMessageAttribute : Attribute
{
    /// <summary>Names the rule.</summary>
    /// <param name="category">The rule's category.</param>
    /// <param name="checkId">The rule.</param>
    public SuppressMessageAttribute(string category, string checkId)
    {
    }

    /// <summary>Why the rule does not apply.</summary>
    public string? Justification { get; set; }
}
