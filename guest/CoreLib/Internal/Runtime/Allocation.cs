// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>Makes objects. The memory comes from the library OS, zeroed and 8-byte aligned.</summary>
internal static unsafe class Allocation
{
    private const uint ArrayHeaderBytes = 16;

    [RuntimeImport("*", "denali_allocate")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void* Allocate(nuint bytes);

    [RuntimeExport("RhpNewFast")]
    internal static object NewObject(MethodTable* type)
    {
        MethodTable** memory = (MethodTable**)Allocate(type->ObjectBytes);
        *memory = type;
        return *(object*)&memory;
    }

    [RuntimeExport("RhNewObject")]
    internal static object NewObjectSlow(MethodTable* type) => NewObject(type);

    [RuntimeExport("RhpNewArrayFast")]
    internal static object NewArray(MethodTable* type, nint length)
    {
        if ((nuint)length > int.MaxValue)
        {
            ThrowHelper.ThrowOverflow();
        }

        nuint bytes = ArrayHeaderBytes + ((nuint)length * type->ComponentBytes);
        MethodTable** memory = (MethodTable**)Allocate(bytes);
        memory[0] = type;
        memory[1] = (MethodTable*)length;
        return *(object*)&memory;
    }

    [RuntimeExport("RhpNewPtrArrayFast")]
    internal static object NewReferenceArray(MethodTable* type, nint length) => NewArray(type, length);

    [RuntimeExport("RhNewArray")]
    internal static object NewArraySlow(MethodTable* type, nint length) => NewArray(type, length);
}
