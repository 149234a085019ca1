// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>Encoding of native strings, of which there are none.</summary>
public enum CharSet
{
    /// <summary>None.</summary>
    None = 1,

    /// <summary>Bytes.</summary>
    Ansi = 2,

    /// <summary>UTF-16.</summary>
    Unicode = 3,

    /// <summary>The platform's.</summary>
    Auto = 4,
}
