// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Overloads of a higher priority win.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class OverloadResolutionPriorityAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="priority">The priority.</param>
    public OverloadResolutionPriorityAttribute(int priority)
    {
    }
}
