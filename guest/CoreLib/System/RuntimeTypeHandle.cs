// SPDX-License-Identifier: MIT
using Internal.Runtime;

namespace System;

/// <summary>What <c>ldtoken</c> of a type gives.</summary>
public readonly unsafe struct RuntimeTypeHandle
{
    private readonly nint _value;

    internal RuntimeTypeHandle(nint value) => _value = value;

    internal MethodTable* MethodTable => (MethodTable*)_value;
}
