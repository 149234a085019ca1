// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Another assembly sees the internals of this one.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class InternalsVisibleToAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="assemblyName">The other assembly.</param>
    public InternalsVisibleToAttribute(string assemblyName)
    {
    }
}
