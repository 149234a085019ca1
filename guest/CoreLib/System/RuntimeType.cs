// SPDX-License-Identifier: MIT
using Internal.Runtime;

namespace System;

/// <summary>A type. ILC lays those that it knows out in the image, with these two fields.</summary>
internal sealed unsafe class RuntimeType : Type
{
    private readonly MethodTable* _methodTable;

#pragma warning disable CS0169
    private readonly nint _reserved;
#pragma warning restore CS0169

    internal RuntimeType(MethodTable* methodTable) => _methodTable = methodTable;

    internal MethodTable* MethodTable => _methodTable;
}
