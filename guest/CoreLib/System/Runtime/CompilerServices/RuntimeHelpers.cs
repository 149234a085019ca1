// SPDX-License-Identifier: MIT
using Internal.Runtime;

namespace System.Runtime.CompilerServices;

/// <summary>What the C# compiler asks of the run time.</summary>
public static unsafe class RuntimeHelpers
{
    /// <summary>Bytes from the start of a text object to its characters.</summary>
    public static int OffsetToStringData
    {
        [NonVersionable]
        get => 12;
    }

    /// <summary>Fills an array from the image. ILC replaces every call.</summary>
    /// <param name="array">The array.</param>
    /// <param name="fldHandle">The bytes.</param>
    [Intrinsic]
    public static void InitializeArray(Array array, RuntimeFieldHandle fldHandle) =>
        throw new NotSupportedException("InitializeArray that the compiler did not replace");

    /// <summary>A span on bytes of the image. ILC replaces every call.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="fldHandle">The bytes.</param>
    /// <returns>The span.</returns>
    [Intrinsic]
    public static ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle fldHandle) =>
        throw new NotSupportedException("CreateSpan that the compiler did not replace");

    /// <summary>Whether a type is or holds a reference.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>Whether it does.</returns>
    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>()
        where T : allows ref struct => IsReferenceOrContainsReferences<T>();

    /// <summary>Part of an array, for <c>array[a..b]</c>.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <param name="range">The part.</param>
    /// <returns>A new array.</returns>
    public static T[] GetSubArray<T>(T[] array, Range range)
    {
        (int offset, int length) = range.GetOffsetAndLength(array.Length);
        return new ReadOnlySpan<T>(array, offset, length).ToArray();
    }

    /// <summary>The hash that an object has by default.</summary>
    /// <param name="o">The object.</param>
    /// <returns>A number made of its address.</returns>
    public static int GetHashCode(object? o) => (int)(*(ulong*)&o >> 3);

    // ILC knows the answer for every type: whether equal values have equal bits and the reverse.
    [Intrinsic]
    internal static bool IsBitwiseEquatable<T>() => false;

    internal static bool IsReference<T>()
        where T : allows ref struct => !typeof(T).IsValueType;

    internal static bool IsExactArray<T>(T[] array) => array.m_pMethodTable == MethodTable.Of<T[]>();

    internal static ref byte GetRawData(object o) => ref Unsafe.As<RawData>(o).Data;

    internal static object NewObject(MethodTable* methodTable) => Allocation.NewObject(methodTable);

    internal sealed class RawData
    {
        internal byte Data;
    }

    internal sealed class RawArrayData
    {
        internal uint Length;
        internal uint Padding;
        internal byte Data;
    }
}
