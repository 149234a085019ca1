// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>Values as objects and back, for the types that the compiler does not do in place.</summary>
internal static unsafe class Boxing
{
    [RuntimeExport("RhBox")]
    internal static object? Box(MethodTable* type, ref byte data)
    {
        if (type->IsNullable)
        {
            if (data == 0)
            {
                return null;
            }

            data = ref Unsafe.Add(ref data, type->NullableValueOffset);
            type = MethodTable.GenericArgument(type, 0);
        }

        object result = Allocation.NewObject(type);
        SpanHelpers.Memmove(ref RuntimeHelpers.GetRawData(result), ref data, type->ValueTypeSize);
        return result;
    }

    [RuntimeExport("RhUnbox2")]
    internal static ref byte Unbox(MethodTable* type, object? boxed)
    {
        if (boxed is null)
        {
            ThrowHelper.ThrowNullReference();
        }

        CheckUnbox(type, boxed.m_pMethodTable);
        return ref RuntimeHelpers.GetRawData(boxed);
    }

    [RuntimeExport("RhUnboxTypeTest")]
    internal static void CheckUnbox(MethodTable* type, MethodTable* boxedType)
    {
        // An enum and its integer type are one here, as the language has it.
        bool same = type == boxedType
            || (type->ElementType == boxedType->ElementType
                && type->ElementType is >= ElementType.SByte and <= ElementType.UIntPtr);
        if (!same)
        {
            ThrowHelper.ThrowInvalidCast();
        }
    }

    [RuntimeExport("RhUnboxNullable")]
    internal static void UnboxNullable(ref byte data, MethodTable* type, object? boxed)
    {
        if (boxed is null)
        {
            SpanHelpers.ClearWithoutReferences(ref data, type->ValueTypeSize);
            return;
        }

        MethodTable* valueType = MethodTable.GenericArgument(type, 0);
        if (boxed.m_pMethodTable != valueType)
        {
            ThrowHelper.ThrowInvalidCast();
        }

        data = 1;
        SpanHelpers.Memmove(
            ref Unsafe.Add(ref data, type->NullableValueOffset),
            ref RuntimeHelpers.GetRawData(boxed),
            valueType->ValueTypeSize);
    }
}
