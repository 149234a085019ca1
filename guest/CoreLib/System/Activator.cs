// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>What <c>new T()</c> of a type parameter becomes.</summary>
public static unsafe class Activator
{
    /// <summary>Makes a value of a type that has a constructor without arguments.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>The value.</returns>
    [Intrinsic]
    public static T CreateInstance<T>()
    {
        nint constructor = DefaultConstructorOf<T>();
        if (RuntimeHelpers.IsReference<T>())
        {
            object instance = Allocation.NewObject(MethodTable.Of<T>());
            ((delegate*<object, void>)constructor)(instance);
            return Unsafe.As<object, T>(ref instance);
        }

        T value = default!;
        ((delegate*<ref T, void>)constructor)(ref value);
        return value;
    }

    // ILC replaces it: the constructor, or the one below for a structure without, or MissingConstructorMethod.
    [Intrinsic]
    private static extern nint DefaultConstructorOf<T>();

    // The constraint of new T() keeps such types out.
    private static void MissingConstructorMethod() => throw new NotSupportedException("A type without a constructor");

    private struct StructWithNoConstructor
    {
        public StructWithNoConstructor()
        {
        }
    }
}
