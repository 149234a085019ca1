// SPDX-License-Identifier: MIT
namespace System.Runtime;

/// <summary>Gives the method a native symbol; the managed and native conventions are one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeExportAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="entry">The symbol.</param>
    public RuntimeExportAttribute(string entry)
    {
    }
}
