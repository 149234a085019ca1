// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>An entry of a <see cref="DispatchMap"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DispatchMapEntry
{
    // In place of a slot: the implementation is abstract again, or there are two that are equally good.
    internal const ushort Reabstracted = 0xFFFE;
    internal const ushort Ambiguous = 0xFFFD;

#pragma warning disable CS0649
    internal readonly ushort InterfaceIndex;
    internal readonly ushort InterfaceSlot;
    internal readonly ushort ImplementationSlot;
#pragma warning restore CS0649
}
