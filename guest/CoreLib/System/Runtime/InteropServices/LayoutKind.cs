// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>How the fields of a type are laid out.</summary>
public enum LayoutKind
{
    /// <summary>In the order of the source.</summary>
    Sequential = 0,

    /// <summary>At given offsets.</summary>
    Explicit = 2,

    /// <summary>As the compiler likes.</summary>
    Auto = 3,
}
