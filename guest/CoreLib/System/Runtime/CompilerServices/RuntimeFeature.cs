// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What the C# compiler may generate.</summary>
public static class RuntimeFeature
{
    /// <summary>Structures may hold references to variables.</summary>
    public const string ByRefFields = nameof(ByRefFields);

    /// <summary>Type parameters may be <c>ref struct</c>s.</summary>
    public const string ByRefLikeGenerics = nameof(ByRefLikeGenerics);

    /// <summary>Interfaces may have bodies.</summary>
    public const string DefaultImplementationsOfInterfaces = nameof(DefaultImplementationsOfInterfaces);

    /// <summary>nint and IntPtr are one type.</summary>
    public const string NumericIntPtr = nameof(NumericIntPtr);

    /// <summary>Function pointers may have extended calling conventions.</summary>
    public const string UnmanagedSignatureCallingConvention = nameof(UnmanagedSignatureCallingConvention);

    /// <summary>Interfaces may have static abstract members.</summary>
    public const string VirtualStaticsInInterfaces = nameof(VirtualStaticsInInterfaces);

    /// <summary>Overrides may return a derived type.</summary>
    public const string CovariantReturnsOfClasses = nameof(CovariantReturnsOfClasses);
}
