// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>What every object points to: how ILC describes a type.</summary>
/// <remarks>
/// <para>The fixed part below is followed by the virtual methods (a pointer each), the interfaces (a pointer each) and
/// then by 32-bit distances, each relative to its own place, of which a type has only those that it needs, in the order
/// of <see cref="Tail"/>.</para>
/// <para>The layout is that of ILC 10. A type is described once per image, so equal types have equal pointers; only the
/// tables of arrays may be compared through their elements.</para>
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MethodTable
{
    private const uint KindMask = 0x0003_0000;
    private const uint KindParameterized = 0x0002_0000;
    private const uint HasDispatchMapBit = 0x0004_0000;
    private const uint HasFinalizerBit = 0x0010_0000;
    private const uint HasSealedSlotsBit = 0x0040_0000;
    private const uint HasVarianceBit = 0x0080_0000;
    private const uint IsGenericBit = 0x0200_0000;
    private const int ElementTypeShift = 26;
    private const uint ElementTypeMask = 0x1F;
    private const uint HasComponentSizeBit = 0x8000_0000;
    private const uint PaddingMask = 0xE0;
    private const int PaddingShift = 5;
    private const uint NullableOffsetMask = 0x700;
    private const int NullableOffsetShift = 8;

    // Of an object: its header, which exists for a collector only and which our heap leaves out, and this pointer.
    private const uint HeaderBytes = 8;
    private const uint PointerBytes = 8;

#pragma warning disable CS0649
    private readonly uint _flags;
    private readonly uint _baseSize;
    private readonly MethodTable* _relatedType;
    private readonly ushort _slotCount;
    private readonly ushort _interfaceCount;
    private readonly uint _hashCode;
#pragma warning restore CS0649

    // The optional 32-bit distances behind the interfaces.
    private enum Tail
    {
        TypeManager,
        WritableData,
        DispatchMap,
        Finalizer,
        SealedSlots,
        GenericDefinition,
        GenericComposition,
    }

    /// <summary>Bytes that an object of the type needs on the heap, for an array without its elements.</summary>
    internal readonly uint ObjectBytes => _baseSize - HeaderBytes;

    /// <summary>Bytes in an element of an array.</summary>
    internal readonly ushort ComponentBytes => (_flags & HasComponentSizeBit) != 0 ? (ushort)_flags : (ushort)0;

    /// <summary>Base class, or element type of an array.</summary>
    internal readonly MethodTable* RelatedType => _relatedType;

    internal readonly ElementType ElementType => (ElementType)((_flags >> ElementTypeShift) & ElementTypeMask);

    internal readonly bool IsArray => ElementType is ElementType.Array or ElementType.SzArray;

    internal readonly bool IsInterface => ElementType == ElementType.Interface;

    internal readonly bool IsNullable => ElementType == ElementType.Nullable;

    internal readonly bool IsValueType => ElementType < ElementType.Class;

    internal readonly bool IsPrimitive => ElementType < ElementType.ValueType;

    internal readonly bool IsParameterized => (_flags & KindMask) == KindParameterized;

    internal readonly bool IsGeneric => (_flags & IsGenericBit) != 0;

    internal readonly bool HasVariance => (_flags & HasVarianceBit) != 0;

    internal readonly bool HasDispatchMap => (_flags & HasDispatchMapBit) != 0;

    /// <summary>For arrays: all lengths and bounds included, so that arrays of different ranks differ.</summary>
    internal readonly uint Shape => _baseSize;

    internal readonly ushort SlotCount => _slotCount;

    internal readonly ushort InterfaceCount => _interfaceCount;

    /// <summary>Bytes of an unboxed value.</summary>
    internal readonly uint ValueTypeSize =>
        _baseSize - HeaderBytes - PointerBytes - ((_flags & PaddingMask) >> PaddingShift);

    /// <summary>Where the value lies inside a nullable; the flag is in front of it.</summary>
    internal readonly uint NullableValueOffset => 1u << (int)((_flags & NullableOffsetMask) >> NullableOffsetShift);

    private readonly uint GenericParameterCount => (ushort)_baseSize;

    [Intrinsic]
    internal static extern MethodTable* Of<T>();

    internal static nint* Slots(MethodTable* type) => (nint*)(type + 1);

    internal static MethodTable** Interfaces(MethodTable* type) => (MethodTable**)(Slots(type) + type->_slotCount);

    internal static DispatchMap* DispatchMapOf(MethodTable* type) =>
        (DispatchMap*)Follow(Place(type, Tail.DispatchMap));

    internal static nint SealedSlot(MethodTable* type, int index)
    {
        int* table = (int*)Follow(Place(type, Tail.SealedSlots));
        return (nint)Follow(table + index);
    }

    internal static MethodTable* GenericDefinition(MethodTable* type) =>
        (MethodTable*)Follow(Place(type, Tail.GenericDefinition));

    internal static uint GenericArity(MethodTable* type) => GenericDefinition(type)->GenericParameterCount;

    internal static MethodTable* GenericArgument(MethodTable* type, uint index)
    {
        // One argument stands in the table itself, more stand in a list.
        int* place = Place(type, Tail.GenericComposition);
        if (GenericArity(type) != 1)
        {
            place = (int*)Follow(place) + index;
        }

        return (MethodTable*)Follow(place);
    }

    internal static Variance GenericVariance(MethodTable* type, uint index)
    {
        MethodTable* definition = GenericDefinition(type);
        Variance* list = (Variance*)Follow(Place(definition, Tail.GenericComposition));
        return list[index];
    }

    private static int* Place(MethodTable* type, Tail wanted)
    {
        int* place = (int*)(Interfaces(type) + type->_interfaceCount);
        uint flags = type->_flags;
        int index = (int)wanted;
        index -= wanted > Tail.DispatchMap && (flags & HasDispatchMapBit) == 0 ? 1 : 0;
        index -= wanted > Tail.Finalizer && (flags & HasFinalizerBit) == 0 ? 1 : 0;
        index -= wanted > Tail.SealedSlots && (flags & HasSealedSlotsBit) == 0 ? 1 : 0;
        index -= wanted > Tail.GenericDefinition && (flags & IsGenericBit) == 0 ? 1 : 0;
        return place + index;
    }

    private static void* Follow(int* place) => (byte*)place + *place;
}
