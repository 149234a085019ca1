// SPDX-License-Identifier: MIT
namespace System.Runtime;

/// <summary>The method is a native symbol of the image, called without any transition.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeImportAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="entry">The symbol.</param>
    public RuntimeImportAttribute(string entry)
    {
    }

    /// <summary>Marks the target.</summary>
    /// <param name="library">"*".</param>
    /// <param name="entry">The symbol.</param>
    public RuntimeImportAttribute(string library, string entry)
    {
    }
}
