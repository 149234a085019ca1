// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;

namespace System.Runtime.CompilerServices;

/// <summary>Pointer arithmetic and reinterpretation of references. The compiler replaces every body.</summary>
public static unsafe class Unsafe
{
    /// <summary>The pointer of a reference. Objects never move, so it stays valid.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="value">The reference.</param>
    /// <returns>The pointer.</returns>
    [Intrinsic]
    public static void* AsPointer<T>(ref readonly T value)
        where T : allows ref struct => AsPointer(in value);

    /// <summary>The reference of a pointer.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="source">The pointer.</param>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T AsRef<T>(void* source)
        where T : allows ref struct => ref *(T*)source;

    /// <summary>A read-only reference as a writable one.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="source">The reference.</param>
    /// <returns>The writable reference.</returns>
    [Intrinsic]
    public static ref T AsRef<T>(scoped ref readonly T source)
        where T : allows ref struct => ref AsRef(in source);

    /// <summary>A reference to one type as a reference to another.</summary>
    /// <typeparam name="TFrom">The one type.</typeparam>
    /// <typeparam name="TTo">The other.</typeparam>
    /// <param name="source">The reference.</param>
    /// <returns>The reinterpreted reference.</returns>
    [Intrinsic]
    public static ref TTo As<TFrom, TTo>(ref TFrom source)
        where TFrom : allows ref struct
        where TTo : allows ref struct => ref As<TFrom, TTo>(ref source);

    /// <summary>An object as a type that it is known to have.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="o">The object.</param>
    /// <returns>The object.</returns>
    [Intrinsic]
    [return: NotNullIfNotNull(nameof(o))]
    public static T? As<T>(object? o)
        where T : class? => As<T>(o);

    /// <summary>A value of one type as a value of another of the same size.</summary>
    /// <typeparam name="TFrom">The one type.</typeparam>
    /// <typeparam name="TTo">The other.</typeparam>
    /// <param name="source">The value.</param>
    /// <returns>The reinterpreted value.</returns>
    [Intrinsic]
    public static TTo BitCast<TFrom, TTo>(TFrom source)
        where TFrom : allows ref struct
        where TTo : allows ref struct => ReadUnaligned<TTo>(ref As<TFrom, byte>(ref source));

    /// <summary>A reference some elements on.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="source">The reference.</param>
    /// <param name="elementOffset">The number of elements.</param>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T Add<T>(ref T source, int elementOffset)
        where T : allows ref struct => ref Add(ref source, elementOffset);

    /// <summary>A reference some elements on.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="source">The reference.</param>
    /// <param name="elementOffset">The number of elements.</param>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T Add<T>(ref T source, nint elementOffset)
        where T : allows ref struct => ref Add(ref source, elementOffset);

    /// <summary>A reference some elements on.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="source">The reference.</param>
    /// <param name="elementOffset">The number of elements.</param>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T Add<T>(ref T source, nuint elementOffset)
        where T : allows ref struct => ref Add(ref source, elementOffset);

    /// <summary>A reference some bytes on.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="source">The reference.</param>
    /// <param name="byteOffset">The number of bytes.</param>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T AddByteOffset<T>(ref T source, nint byteOffset)
        where T : allows ref struct => ref AddByteOffset(ref source, byteOffset);

    /// <summary>A reference some bytes on.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="source">The reference.</param>
    /// <param name="byteOffset">The number of bytes.</param>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T AddByteOffset<T>(ref T source, nuint byteOffset)
        where T : allows ref struct => ref AddByteOffset(ref source, byteOffset);

    /// <summary>A reference some elements back.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="source">The reference.</param>
    /// <param name="elementOffset">The number of elements.</param>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T Subtract<T>(ref T source, int elementOffset)
        where T : allows ref struct => ref Subtract(ref source, elementOffset);

    /// <summary>Bytes between two references.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="origin">From where.</param>
    /// <param name="target">To where.</param>
    /// <returns>The number of bytes.</returns>
    [Intrinsic]
    public static nint ByteOffset<T>(ref readonly T origin, ref readonly T target)
        where T : allows ref struct => ByteOffset(in origin, in target);

    /// <summary>Whether two references are the same.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="left">A reference.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they are the same.</returns>
    [Intrinsic]
    public static bool AreSame<T>(ref readonly T left, ref readonly T right)
        where T : allows ref struct => AreSame(in left, in right);

    /// <summary>Whether a reference points behind another.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="left">A reference.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether the first has the higher address.</returns>
    [Intrinsic]
    public static bool IsAddressGreaterThan<T>(ref readonly T left, ref readonly T right)
        where T : allows ref struct => IsAddressGreaterThan(in left, in right);

    /// <summary>Whether a reference points before another.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="left">A reference.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether the first has the lower address.</returns>
    [Intrinsic]
    public static bool IsAddressLessThan<T>(ref readonly T left, ref readonly T right)
        where T : allows ref struct => IsAddressLessThan(in left, in right);

    /// <summary>A reference to nothing.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <returns>The reference.</returns>
    [Intrinsic]
    public static ref T NullRef<T>()
        where T : allows ref struct => ref AsRef<T>(null);

    /// <summary>Whether a reference points to nothing.</summary>
    /// <typeparam name="T">Type of the target.</typeparam>
    /// <param name="source">The reference.</param>
    /// <returns>Whether it is a null reference.</returns>
    [Intrinsic]
    public static bool IsNullRef<T>(ref readonly T source)
        where T : allows ref struct => AsPointer(in source) == null;

    /// <summary>Bytes of a value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The number of bytes.</returns>
    [Intrinsic]
    public static int SizeOf<T>()
        where T : allows ref struct => sizeof(T);

    /// <summary>Leaves a local as it is, without the compiler's complaint.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The local.</param>
    [Intrinsic]
    public static void SkipInit<T>(out T value)
        where T : allows ref struct => SkipInit(out value);

    /// <summary>Reads a value at any address.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="source">The address.</param>
    /// <returns>The value.</returns>
    [Intrinsic]
    public static T ReadUnaligned<T>(void* source)
        where T : allows ref struct => ReadUnaligned<T>(source);

    /// <summary>Reads a value at any address.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="source">The address.</param>
    /// <returns>The value.</returns>
    [Intrinsic]
    public static T ReadUnaligned<T>(scoped ref readonly byte source)
        where T : allows ref struct => ReadUnaligned<T>(in source);

    /// <summary>Writes a value at any address.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="destination">The address.</param>
    /// <param name="value">The value.</param>
    [Intrinsic]
    public static void WriteUnaligned<T>(void* destination, T value)
        where T : allows ref struct => WriteUnaligned(destination, value);

    /// <summary>Writes a value at any address.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="destination">The address.</param>
    /// <param name="value">The value.</param>
    [Intrinsic]
    public static void WriteUnaligned<T>(ref byte destination, T value)
        where T : allows ref struct => WriteUnaligned(ref destination, value);
}
