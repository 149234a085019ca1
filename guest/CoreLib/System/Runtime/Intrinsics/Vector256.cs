// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System.Runtime.Intrinsics;

/// <summary>Operations on 256 bits of numbers; see <see cref="Vector256{T}"/>.</summary>
public static class Vector256
{
    /// <summary>Whether the processor has them: guests run on processors that do.</summary>
    public static bool IsHardwareAccelerated
    {
        [Intrinsic]
        get => IsHardwareAccelerated;
    }

    /// <summary>One number in all places.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="value">The number.</param>
    /// <returns>The vector.</returns>
    [Intrinsic]
    public static Vector256<T> Create<T>(T value) => Create(value);

    /// <summary>Reads from an address of any alignment.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="source">The address.</param>
    /// <returns>The vector.</returns>
    [Intrinsic]
    public static unsafe Vector256<T> Load<T>(T* source)
        where T : unmanaged => Load(source);

    /// <summary>Reads from a place of any alignment. Nothing checks that it is long enough.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="source">The first number.</param>
    /// <returns>The vector.</returns>
    [Intrinsic]
    public static Vector256<T> LoadUnsafe<T>(ref readonly T source) => LoadUnsafe(in source);

    /// <summary>Reads from a place of any alignment. Nothing checks that it is long enough.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="source">Where to count from.</param>
    /// <param name="elementOffset">How many numbers on.</param>
    /// <returns>The vector.</returns>
    [Intrinsic]
    public static Vector256<T> LoadUnsafe<T>(ref readonly T source, nuint elementOffset) =>
        LoadUnsafe(in source, elementOffset);

    /// <summary>Writes to an address of any alignment.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="source">The vector.</param>
    /// <param name="destination">The address.</param>
    [Intrinsic]
    public static unsafe void Store<T>(this Vector256<T> source, T* destination)
        where T : unmanaged =>
        Store(source, destination);

    /// <summary>Writes to a place of any alignment. Nothing checks that it is long enough.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="source">The vector.</param>
    /// <param name="destination">The first number.</param>
    [Intrinsic]
    public static void StoreUnsafe<T>(this Vector256<T> source, ref T destination) =>
        StoreUnsafe(source, ref destination);

    /// <summary>Writes to a place of any alignment. Nothing checks that it is long enough.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="source">The vector.</param>
    /// <param name="destination">Where to count from.</param>
    /// <param name="elementOffset">How many numbers on.</param>
    [Intrinsic]
    public static void StoreUnsafe<T>(this Vector256<T> source, ref T destination, nuint elementOffset) =>
        StoreUnsafe(source, ref destination, elementOffset);

    /// <summary>All bits where the numbers are equal, none elsewhere.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>The mask.</returns>
    [Intrinsic]
    public static Vector256<T> Equals<T>(Vector256<T> left, Vector256<T> right) => Equals(left, right);

    /// <summary>All bits where the numbers are greater on the left, none elsewhere.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>The mask.</returns>
    [Intrinsic]
    public static Vector256<T> GreaterThan<T>(Vector256<T> left, Vector256<T> right) => GreaterThan(left, right);

    /// <summary>All bits where the numbers are less on the left, none elsewhere.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>The mask.</returns>
    [Intrinsic]
    public static Vector256<T> LessThan<T>(Vector256<T> left, Vector256<T> right) => LessThan(left, right);

    /// <summary>The smaller number at every place.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>The smaller numbers.</returns>
    [Intrinsic]
    public static Vector256<T> Min<T>(Vector256<T> left, Vector256<T> right) => Min(left, right);

    /// <summary>The larger number at every place.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>The larger numbers.</returns>
    [Intrinsic]
    public static Vector256<T> Max<T>(Vector256<T> left, Vector256<T> right) => Max(left, right);

    /// <summary>Takes bits from one vector or the other.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="condition">Which bits come from the left.</param>
    /// <param name="left">A vector.</param>
    /// <param name="right">Another.</param>
    /// <returns>The bits.</returns>
    [Intrinsic]
    public static Vector256<T> ConditionalSelect<T>(Vector256<T> condition, Vector256<T> left, Vector256<T> right) =>
        ConditionalSelect(condition, left, right);

    /// <summary>The highest bit of every number, the first number lowest.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The bits.</returns>
    [Intrinsic]
    public static uint ExtractMostSignificantBits<T>(this Vector256<T> vector) => ExtractMostSignificantBits(vector);

    /// <summary>The sum of all numbers.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The sum.</returns>
    [Intrinsic]
    public static T Sum<T>(Vector256<T> vector) => Sum(vector);

    /// <summary>The first half of the numbers, twice as wide.</summary>
    /// <param name="source">The vector.</param>
    /// <returns>The wider numbers.</returns>
    [Intrinsic]
    public static Vector256<ushort> WidenLower(Vector256<byte> source) => WidenLower(source);

    /// <summary>The second half of the numbers, twice as wide.</summary>
    /// <param name="source">The vector.</param>
    /// <returns>The wider numbers.</returns>
    [Intrinsic]
    public static Vector256<ushort> WidenUpper(Vector256<byte> source) => WidenUpper(source);

    /// <summary>The first half of the numbers, twice as wide.</summary>
    /// <param name="source">The vector.</param>
    /// <returns>The wider numbers.</returns>
    [Intrinsic]
    public static Vector256<uint> WidenLower(Vector256<ushort> source) => WidenLower(source);

    /// <summary>The second half of the numbers, twice as wide.</summary>
    /// <param name="source">The vector.</param>
    /// <returns>The wider numbers.</returns>
    [Intrinsic]
    public static Vector256<uint> WidenUpper(Vector256<ushort> source) => WidenUpper(source);

    /// <summary>The first half of the numbers, twice as wide.</summary>
    /// <param name="source">The vector.</param>
    /// <returns>The wider numbers.</returns>
    [Intrinsic]
    public static Vector256<ulong> WidenLower(Vector256<uint> source) => WidenLower(source);

    /// <summary>The second half of the numbers, twice as wide.</summary>
    /// <param name="source">The vector.</param>
    /// <returns>The wider numbers.</returns>
    [Intrinsic]
    public static Vector256<ulong> WidenUpper(Vector256<uint> source) => WidenUpper(source);

    /// <summary>The same bits as numbers of another type.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The same bits.</returns>
    [Intrinsic]
    public static Vector256<byte> AsByte<T>(this Vector256<T> vector) => AsByte(vector);

    /// <summary>The same bits as numbers of another type.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The same bits.</returns>
    [Intrinsic]
    public static Vector256<ushort> AsUInt16<T>(this Vector256<T> vector) => AsUInt16(vector);

    /// <summary>The same bits as numbers of another type.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The same bits.</returns>
    [Intrinsic]
    public static Vector256<uint> AsUInt32<T>(this Vector256<T> vector) => AsUInt32(vector);

    /// <summary>The same bits as numbers of another type.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The same bits.</returns>
    [Intrinsic]
    public static Vector256<ulong> AsUInt64<T>(this Vector256<T> vector) => AsUInt64(vector);

    /// <summary>The same bits as numbers of another type.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The same bits.</returns>
    [Intrinsic]
    public static Vector256<int> AsInt32<T>(this Vector256<T> vector) => AsInt32(vector);

    /// <summary>The same bits as numbers of another type.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="vector">The vector.</param>
    /// <returns>The same bits.</returns>
    [Intrinsic]
    public static Vector256<long> AsInt64<T>(this Vector256<T> vector) => AsInt64(vector);
}
