// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>There is no collector; what is left is what shared sources ask for.</summary>
public static class GC
{
    /// <summary>Keeps the reference in use up to here.</summary>
    /// <param name="obj">The reference.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void KeepAlive(object? obj)
    {
    }
}
