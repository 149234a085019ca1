// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>Native types; nothing is marshalled.</summary>
public enum UnmanagedType
{
    /// <summary>One byte that is 0 or 1.</summary>
    U1 = 4,
}
