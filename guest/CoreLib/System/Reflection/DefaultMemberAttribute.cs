// SPDX-License-Identifier: MIT
namespace System.Reflection;

/// <summary>Names the indexer of a type.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class DefaultMemberAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="memberName">The indexer's name.</param>
    public DefaultMemberAttribute(string memberName)
    {
    }
}
