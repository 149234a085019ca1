// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Copying, clearing, filling and comparing bytes. ILC calls the first three for its own copies.</summary>
internal static unsafe class SpanHelpers
{
    [Intrinsic]
    internal static void Memmove(ref byte dest, ref byte src, nuint len) =>
        NativeMemmove(Unsafe.AsPointer(ref dest), Unsafe.AsPointer(ref src), len);

    [Intrinsic]
    internal static void ClearWithoutReferences(ref byte dest, nuint len) =>
        NativeMemset(Unsafe.AsPointer(ref dest), 0, len);

    internal static void Fill(ref byte dest, byte value, nuint len) =>
        NativeMemset(Unsafe.AsPointer(ref dest), value, len);

    [Intrinsic]
    internal static bool SequenceEqual(ref byte first, ref byte second, nuint length) =>
        NativeMemcmp(Unsafe.AsPointer(ref first), Unsafe.AsPointer(ref second), length) == 0;

    internal static int Compare(ref byte first, ref byte second, nuint length) =>
        NativeMemcmp(Unsafe.AsPointer(ref first), Unsafe.AsPointer(ref second), length);

    internal static nint IndexOfByte(ref byte start, byte value, nuint length) =>
        NativeMemchr(Unsafe.AsPointer(ref start), value, length);

    [RuntimeImport("*", "memmove")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* NativeMemmove(void* destination, void* source, nuint bytes);

    [RuntimeImport("*", "memset")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* NativeMemset(void* destination, int value, nuint bytes);

    [RuntimeImport("*", "memcmp")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int NativeMemcmp(void* first, void* second, nuint bytes);

    [RuntimeImport("*", "denali_index_of_byte")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint NativeMemchr(void* start, int value, nuint bytes);
}
