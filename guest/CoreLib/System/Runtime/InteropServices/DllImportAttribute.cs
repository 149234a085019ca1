// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>The method is a native symbol of the image. The only library is "*", the image itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DllImportAttribute : Attribute
{
    /// <summary>Names the library.</summary>
    /// <param name="dllName">"*".</param>
    public DllImportAttribute(string dllName) => Value = dllName;

    /// <summary>The symbol, if it differs from the method's name.</summary>
    public string? EntryPoint;

    /// <summary>The only convention is that of the platform.</summary>
    public CallingConvention CallingConvention;

    /// <summary>Symbols are never guessed.</summary>
    public bool ExactSpelling;

    /// <summary>Must be false: there is no last error.</summary>
    public bool SetLastError;

    /// <summary>The library.</summary>
    public string Value { get; }
}
