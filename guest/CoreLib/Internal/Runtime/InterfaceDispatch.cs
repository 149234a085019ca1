// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Internal.Runtime;

/// <summary>Finds the method that a call through an interface means.</summary>
/// <remarks>
/// A call site remembers every type that it has seen in a list, newest first; it sees few. An entry is complete before
/// one store puts it in front of the list. Another thread in between sees the old list; if it adds to that, one of the
/// two entries is lost and found again.
/// </remarks>
internal static unsafe class InterfaceDispatch
{
    /// <summary>Called by the assembler when a call site does not know a type yet.</summary>
    [RuntimeExport("denali_resolve_interface_call")]
    internal static nint ResolveCall(object target, InterfaceDispatchCell* cell)
    {
        MethodTable* type = target.m_pMethodTable;
        MethodTable* interfaceType = InterfaceDispatchCell.InterfaceOf(cell);
        nint code = Find(type, interfaceType, InterfaceDispatchCell.SlotOf(cell));
        var entry = (InterfaceDispatchEntry*)Allocation.Allocate((nuint)sizeof(InterfaceDispatchEntry));
        entry->Type = type;
        entry->Target = code;
        entry->Next = cell->HasEntries ? (InterfaceDispatchEntry*)cell->Data : null;
        entry->Interface = interfaceType;
        Volatile.Write(ref cell->Data, (ulong)entry);
        cell->Code = CachedCallEntry();
        return code;
    }

    /// <summary>For delegates to interface methods.</summary>
    [RuntimeExport("RhpResolveInterfaceMethod")]
    internal static nint Resolve(object target, InterfaceDispatchCell* cell) =>
        Find(target.m_pMethodTable, InterfaceDispatchCell.InterfaceOf(cell), InterfaceDispatchCell.SlotOf(cell));

    private static nint Find(MethodTable* type, MethodTable* interfaceType, ushort slot)
    {
        // Bodies of classes win over bodies of interfaces, however far up the class is.
        nint code = FindInChain(type, interfaceType, slot, useDefaults: false);
        if (code == 0)
        {
            code = FindInChain(type, interfaceType, slot, useDefaults: true);
        }

        if (code == 0)
        {
            throw new InvalidCastException("The object does not implement the interface");
        }

        return code;
    }

    private static nint FindInChain(MethodTable* type, MethodTable* interfaceType, ushort slot, bool useDefaults)
    {
        for (MethodTable* current = type; current != null; current = BaseOf(current))
        {
            if (!current->HasDispatchMap)
            {
                continue;
            }

            ushort found = FindInMap(current, interfaceType, slot, useDefaults, allowVariance: false);
            if (found == NotFound)
            {
                found = FindInMap(current, interfaceType, slot, useDefaults, allowVariance: true);
            }

            if (found != NotFound)
            {
                return CodeOf(type, current, found);
            }
        }

        return 0;
    }

    private const ushort NotFound = ushort.MaxValue;

    private static MethodTable* BaseOf(MethodTable* type) =>
        type->IsArray ? MethodTable.Of<Array>() : type->RelatedType;

    private static nint CodeOf(MethodTable* type, MethodTable* implementer, ushort slot)
    {
        if (slot is DispatchMapEntry.Reabstracted or DispatchMapEntry.Ambiguous)
        {
            throw new InvalidOperationException("The interface method has no implementation, or two");
        }

        // An ordinary slot may be overridden below the implementer; a sealed one is kept beside the table.
        return slot < implementer->SlotCount
            ? MethodTable.Slots(type)[slot]
            : MethodTable.SealedSlot(implementer, slot - implementer->SlotCount);
    }

    private static ushort FindInMap(
        MethodTable* type, MethodTable* interfaceType, ushort slot, bool useDefaults, bool allowVariance)
    {
        if (allowVariance && !interfaceType->HasVariance)
        {
            return NotFound;
        }

        DispatchMap* map = MethodTable.DispatchMapOf(type);
        DispatchMapEntry* entries = DispatchMap.Entries(map) + (useDefaults ? map->StandardCount : 0);
        int count = useDefaults ? map->DefaultCount : map->StandardCount;
        MethodTable** interfaces = MethodTable.Interfaces(type);
        for (int i = 0; i < count; i++)
        {
            if (entries[i].InterfaceSlot != slot)
            {
                continue;
            }

            MethodTable* implemented = interfaces[entries[i].InterfaceIndex];
            bool matches = implemented == interfaceType
                || (allowVariance && TypeCast.VariesInto(implemented, interfaceType, type->IsArray));
            if (matches)
            {
                return entries[i].ImplementationSlot;
            }
        }

        return NotFound;
    }

    [RuntimeImport("*", "denali_cached_interface_call")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint CachedCallEntry();
}
