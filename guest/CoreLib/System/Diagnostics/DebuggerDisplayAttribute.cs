// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

/// <summary>How a debugger shows the type.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggerDisplayAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="value">The format.</param>
    public DebuggerDisplayAttribute(string? value)
    {
    }
}
