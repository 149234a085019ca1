// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>How a method is compiled.</summary>
[Flags]
public enum MethodImplOptions
{
    /// <summary>Never inlined.</summary>
    NoInlining = 0x0008,

    /// <summary>Not optimized.</summary>
    NoOptimization = 0x0040,

    /// <summary>Inlined where possible.</summary>
    AggressiveInlining = 0x0100,

    /// <summary>Optimized at once.</summary>
    AggressiveOptimization = 0x0200,

    /// <summary>The body is elsewhere.</summary>
    InternalCall = 0x1000,
}
