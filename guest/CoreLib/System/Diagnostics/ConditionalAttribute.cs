// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

/// <summary>Calls are left out unless the symbol is defined.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class ConditionalAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="conditionString">The preprocessor symbol.</param>
    public ConditionalAttribute(string conditionString)
    {
    }
}
