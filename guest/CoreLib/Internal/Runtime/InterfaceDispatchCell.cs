// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>What a call through an interface jumps through: one for each call site.</summary>
/// <remarks>
/// The call loads the cell's address into a register and calls <see cref="Code"/>. ILC lays the cells of one interface
/// method out in a row that ends with a cell without code, whose second word is the method's number in its interface.
/// At first the second word of a cell is the distance to the interface's table plus a tag in the low two bits; from the
/// first call on it is a list of <see cref="InterfaceDispatchEntry"/>.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InterfaceDispatchCell
{
    private const ulong TagMask = 3;
    private const ulong TagList = 0;
    private const ulong TagPointer = 1;

    internal nint Code;
    internal ulong Data;

    internal readonly bool HasEntries => (Data & TagMask) == TagList;

    internal static MethodTable* InterfaceOf(InterfaceDispatchCell* cell)
    {
        ulong data = cell->Data;
        switch (data & TagMask)
        {
            case TagList:
                return ((InterfaceDispatchEntry*)data)->Interface;
            case TagPointer:
                return (MethodTable*)(data & ~TagMask);
            default:
                byte* place = (byte*)&cell->Data;
                return (MethodTable*)((ulong)(place + (int)(uint)data) & ~TagMask);
        }
    }

    internal static ushort SlotOf(InterfaceDispatchCell* cell)
    {
        while (cell->Code != 0)
        {
            cell++;
        }

        return (ushort)cell->Data;
    }
}
