// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The base of all enums.</summary>
public abstract class Enum : ValueType
{
    /// <inheritdoc/>
    public override unsafe bool Equals(object? obj) =>
        obj is not null && obj.m_pMethodTable == m_pMethodTable && Value(obj) == Value(this);

    /// <inheritdoc/>
    public override int GetHashCode() => Value(this).GetHashCode();

    private static unsafe ulong Value(object boxed)
    {
        ref byte data = ref RuntimeHelpers.GetRawData(boxed);
        return boxed.m_pMethodTable->ValueTypeSize switch
        {
            1 => data,
            2 => Unsafe.As<byte, ushort>(ref data),
            4 => Unsafe.As<byte, uint>(ref data),
            _ => Unsafe.As<byte, ulong>(ref data),
        };
    }
}
