// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Casts, type tests and stores into arrays of references. ILC calls these methods by name.</summary>
internal static unsafe class TypeCast
{
    internal static object? IsInstanceOfClass(MethodTable* target, object? obj) =>
        obj is null || IsClassOf(obj.m_pMethodTable, target) ? obj : null;

    internal static object? IsInstanceOfInterface(MethodTable* target, object? obj) =>
        obj is null || Implements(obj.m_pMethodTable, target) ? obj : null;

    internal static object? IsInstanceOfAny(MethodTable* target, object? obj) =>
        obj is null || IsAssignable(obj.m_pMethodTable, target, boxed: true) ? obj : null;

    // Nothing catches, so nothing asks.
    internal static bool IsInstanceOfException(MethodTable* target, object? obj) =>
        obj is not null && IsClassOf(obj.m_pMethodTable, target);

    internal static object? CheckCastClass(MethodTable* target, object? obj)
    {
        if (obj is not null && !IsClassOf(obj.m_pMethodTable, target))
        {
            ThrowHelper.ThrowInvalidCast();
        }

        return obj;
    }

    // The caller has already compared the type itself and null.
    internal static object? CheckCastClassSpecial(MethodTable* target, object? obj) => CheckCastClass(target, obj);

    internal static object? CheckCastInterface(MethodTable* target, object? obj)
    {
        if (obj is not null && !Implements(obj.m_pMethodTable, target))
        {
            ThrowHelper.ThrowInvalidCast();
        }

        return obj;
    }

    internal static object? CheckCastAny(MethodTable* target, object? obj)
    {
        if (obj is not null && !IsAssignable(obj.m_pMethodTable, target, boxed: true))
        {
            ThrowHelper.ThrowInvalidCast();
        }

        return obj;
    }

    internal static void StelemRef(object?[] array, nint index, object? obj)
    {
        if ((nuint)index >= (uint)array.Length)
        {
            ThrowHelper.ThrowIndexOutOfRange();
        }

        if (obj is not null)
        {
            MethodTable* element = array.m_pMethodTable->RelatedType;
            if (element != obj.m_pMethodTable && !IsAssignable(obj.m_pMethodTable, element, boxed: true))
            {
                ThrowHelper.ThrowArrayTypeMismatch();
            }
        }

        Element(array, index) = obj;
    }

    internal static ref object? LdelemaRef(object?[] array, nint index, MethodTable* elementType)
    {
        if ((nuint)index >= (uint)array.Length)
        {
            ThrowHelper.ThrowIndexOutOfRange();
        }

        if (!AreSame(array.m_pMethodTable->RelatedType, elementType))
        {
            ThrowHelper.ThrowArrayTypeMismatch();
        }

        return ref Element(array, index);
    }

    /// <summary>Whether one instantiation of a generic interface or delegate stands for another.</summary>
    internal static bool VariesInto(MethodTable* source, MethodTable* target, bool fromArray)
    {
        if (!source->HasVariance
            || !target->HasVariance
            || MethodTable.GenericDefinition(source) != MethodTable.GenericDefinition(target))
        {
            return false;
        }

        uint arity = MethodTable.GenericArity(source);
        for (uint i = 0; i < arity; i++)
        {
            MethodTable* from = MethodTable.GenericArgument(source, i);
            MethodTable* to = MethodTable.GenericArgument(target, i);
            Variance variance = fromArray ? Variance.ArrayCovariant : MethodTable.GenericVariance(source, i);
            bool fits = variance switch
            {
                Variance.Covariant => IsAssignable(from, to, boxed: false),
                Variance.Contravariant => IsAssignable(to, from, boxed: false),
                Variance.ArrayCovariant => IsElementAssignable(from, to),
                _ => AreSame(from, to),
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    private static ref object? Element(object?[] array, nint index) =>
        ref Unsafe.Add(
            ref Unsafe.As<byte, object?>(ref Unsafe.As<RuntimeHelpers.RawArrayData>(array).Data), index);

    // A pointer comparison says all, except for arrays and pointers, which may be described more than once.
    private static bool AreSame(MethodTable* a, MethodTable* b) =>
        a == b
        || (a->IsParameterized
            && b->IsParameterized
            && a->Shape == b->Shape
            && a->ElementType == b->ElementType
            && AreSame(a->RelatedType, b->RelatedType));

    private static bool IsClassOf(MethodTable* type, MethodTable* target)
    {
        if (type == target)
        {
            return true;
        }

        if (type->IsParameterized)
        {
            return type->IsArray && (target == MethodTable.Of<Array>() || target == MethodTable.Of<object>());
        }

        for (MethodTable* current = type->RelatedType; current != null; current = current->RelatedType)
        {
            if (current == target)
            {
                return true;
            }
        }

        // Only delegates get here with variance.
        return target->HasVariance && VariesInto(type, target, fromArray: false);
    }

    private static bool Implements(MethodTable* type, MethodTable* target)
    {
        MethodTable** interfaces = MethodTable.Interfaces(type);
        int count = type->InterfaceCount;
        for (int i = 0; i < count; i++)
        {
            if (interfaces[i] == target)
            {
                return true;
            }
        }

        if (target->HasVariance)
        {
            for (int i = 0; i < count; i++)
            {
                if (VariesInto(interfaces[i], target, type->IsArray))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // The number of nested arrays and type arguments bounds the recursion.
    private static bool IsAssignable(MethodTable* source, MethodTable* target, bool boxed)
    {
        if (AreSame(source, target))
        {
            return true;
        }

        if (!boxed && source->IsValueType)
        {
            return false;
        }

        if (target->IsInterface)
        {
            return Implements(source, target) || (source->IsInterface && VariesInto(source, target, fromArray: false));
        }

        if (source->IsInterface)
        {
            return target == MethodTable.Of<object>();
        }

        if (target->IsParameterized)
        {
            return target->IsArray
                && source->IsArray
                && source->Shape == target->Shape
                && IsElementAssignable(source->RelatedType, target->RelatedType);
        }

        return IsClassOf(source, target);
    }

    // As element types, integers of one size and enums over them are one.
    private static bool IsElementAssignable(MethodTable* source, MethodTable* target)
    {
        if (source->IsPrimitive && target->IsPrimitive)
        {
            return WithoutSign(source->ElementType) == WithoutSign(target->ElementType);
        }

        return IsAssignable(source, target, boxed: false);
    }

    private static ElementType WithoutSign(ElementType type) =>
        type is ElementType.Byte
            or ElementType.UInt16
            or ElementType.UInt32
            or ElementType.UInt64
            or ElementType.UIntPtr
            ? type - 1
            : type;
}
