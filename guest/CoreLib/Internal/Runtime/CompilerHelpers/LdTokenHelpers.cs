// SPDX-License-Identifier: MIT
using System;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What <see langword="typeof"/> becomes where the compiler cannot decide the comparison itself.</summary>
internal static unsafe class LdTokenHelpers
{
    private static RuntimeTypeHandle GetRuntimeTypeHandle(nint methodTable) => new(methodTable);

    private static Type GetRuntimeType(nint methodTable) => new RuntimeType((MethodTable*)methodTable);

    private static RuntimeMethodHandle GetRuntimeMethodHandle(nint handle) => default;

    private static RuntimeFieldHandle GetRuntimeFieldHandle(nint handle) => default;
}
