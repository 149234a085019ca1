// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>A resolved call: for objects of this type, jump there. The assembler reads it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InterfaceDispatchEntry
{
    internal MethodTable* Type;
    internal nint Target;
    internal InterfaceDispatchEntry* Next;
    internal MethodTable* Interface;
}
