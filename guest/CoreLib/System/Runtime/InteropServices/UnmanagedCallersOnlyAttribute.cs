// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>Native code calls the method; managed code must not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnmanagedCallersOnlyAttribute : Attribute
{
    /// <summary>The symbol.</summary>
    public string? EntryPoint;

    /// <summary>The calling conventions.</summary>
    public Type[]? CallConvs;
}
