// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>
/// Values as objects and back, for the types that the compiler does not do in place. ILC calls these methods by name.
/// </summary>
internal static unsafe class RuntimeExports
{
    internal static object? RhBox(MethodTable* type, ref byte data)
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

    internal static ref byte RhUnbox2(MethodTable* type, object? boxed)
    {
        if (boxed is null)
        {
            ThrowHelper.ThrowNullReference();
        }

        RhUnboxTypeTest(type, boxed.m_pMethodTable);
        return ref RuntimeHelpers.GetRawData(boxed);
    }

    internal static void RhUnboxTypeTest(MethodTable* type, MethodTable* boxedType)
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

    internal static void RhUnboxNullable(ref byte data, MethodTable* type, object? boxed)
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
