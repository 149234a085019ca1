// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>ILC looks for it by name; no guest can implement it.</summary>
internal interface IDynamicInterfaceCastable
{
    internal static nint GetDynamicInterfaceImplementation(
        IDynamicInterfaceCastable instance, RuntimeTypeHandle interfaceType, ushort slot) => 0;
}
