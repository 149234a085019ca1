// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>Calling convention of a native symbol.</summary>
public enum CallingConvention
{
    /// <summary>The platform's.</summary>
    Winapi = 1,

    /// <summary>That of C.</summary>
    Cdecl = 2,
}
