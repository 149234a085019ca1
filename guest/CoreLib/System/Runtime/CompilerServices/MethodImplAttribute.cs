// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>How a method is compiled.</summary>
[AttributeUsage(AttributeTargets.Constructor | AttributeTargets.Method)]
public sealed class MethodImplAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="methodImplOptions">The options.</param>
    public MethodImplAttribute(MethodImplOptions methodImplOptions)
    {
    }
}
