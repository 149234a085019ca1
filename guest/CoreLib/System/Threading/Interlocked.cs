// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>Operations that the kernel and upcalls see whole or not at all.</summary>
public static class Interlocked
{
    /// <summary>Writes a value if the old one is as expected.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The expected value.</param>
    /// <returns>The old value.</returns>
    [Intrinsic]
    public static int CompareExchange(ref int location1, int value, int comparand) =>
        CompareExchange(ref location1, value, comparand);

    /// <summary>Writes a value.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The old value.</returns>
    [Intrinsic]
    public static int Exchange(ref int location1, int value) => Exchange(ref location1, value);

    /// <summary>Adds.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">How much.</param>
    /// <returns>The new value.</returns>
    public static int Add(ref int location1, int value) => unchecked(ExchangeAdd(ref location1, value) + value);

    /// <summary>Sets bits.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits.</param>
    /// <returns>The old value.</returns>
    public static int Or(ref int location1, int value)
    {
        int current = location1;
        while (true)
        {
            int old = CompareExchange(ref location1, current | value, current);
            if (old == current)
            {
                return old;
            }

            current = old;
        }
    }

    /// <summary>Keeps bits and clears the others.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits to keep.</param>
    /// <returns>The old value.</returns>
    public static int And(ref int location1, int value)
    {
        int current = location1;
        while (true)
        {
            int old = CompareExchange(ref location1, current & value, current);
            if (old == current)
            {
                return old;
            }

            current = old;
        }
    }

    [Intrinsic]
    private static int ExchangeAdd(ref int location1, int value) => ExchangeAdd(ref location1, value);

    /// <summary>Writes a value if the old one is as expected.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The expected value.</param>
    /// <returns>The old value.</returns>
    [Intrinsic]
    public static long CompareExchange(ref long location1, long value, long comparand) =>
        CompareExchange(ref location1, value, comparand);

    /// <summary>Writes a value.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The old value.</returns>
    [Intrinsic]
    public static long Exchange(ref long location1, long value) => Exchange(ref location1, value);

    /// <summary>Adds.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">How much.</param>
    /// <returns>The new value.</returns>
    public static long Add(ref long location1, long value) => unchecked(ExchangeAdd(ref location1, value) + value);

    /// <summary>Sets bits.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits.</param>
    /// <returns>The old value.</returns>
    public static long Or(ref long location1, long value)
    {
        long current = location1;
        while (true)
        {
            long old = CompareExchange(ref location1, current | value, current);
            if (old == current)
            {
                return old;
            }

            current = old;
        }
    }

    /// <summary>Keeps bits and clears the others.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits to keep.</param>
    /// <returns>The old value.</returns>
    public static long And(ref long location1, long value)
    {
        long current = location1;
        while (true)
        {
            long old = CompareExchange(ref location1, current & value, current);
            if (old == current)
            {
                return old;
            }

            current = old;
        }
    }

    [Intrinsic]
    private static long ExchangeAdd(ref long location1, long value) => ExchangeAdd(ref location1, value);

    /// <summary>Writes a value if the old one is as expected.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The expected value.</param>
    /// <returns>The old value.</returns>
    public static uint CompareExchange(ref uint location1, uint value, uint comparand) =>
        unchecked((uint)CompareExchange(ref Unsafe.As<uint, int>(ref location1), (int)value, (int)comparand));

    /// <summary>Writes a value.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The old value.</returns>
    public static uint Exchange(ref uint location1, uint value) =>
        unchecked((uint)Exchange(ref Unsafe.As<uint, int>(ref location1), (int)value));

    /// <summary>Adds.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">How much.</param>
    /// <returns>The new value.</returns>
    public static uint Add(ref uint location1, uint value) =>
        unchecked((uint)Add(ref Unsafe.As<uint, int>(ref location1), (int)value));

    /// <summary>Sets bits.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits.</param>
    /// <returns>The old value.</returns>
    public static uint Or(ref uint location1, uint value) =>
        unchecked((uint)Or(ref Unsafe.As<uint, int>(ref location1), (int)value));

    /// <summary>Keeps bits and clears the others.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits to keep.</param>
    /// <returns>The old value.</returns>
    public static uint And(ref uint location1, uint value) =>
        unchecked((uint)And(ref Unsafe.As<uint, int>(ref location1), (int)value));

    /// <summary>Writes a value if the old one is as expected.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The expected value.</param>
    /// <returns>The old value.</returns>
    public static ulong CompareExchange(ref ulong location1, ulong value, ulong comparand) =>
        unchecked((ulong)CompareExchange(ref Unsafe.As<ulong, long>(ref location1), (long)value, (long)comparand));

    /// <summary>Writes a value.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The old value.</returns>
    public static ulong Exchange(ref ulong location1, ulong value) =>
        unchecked((ulong)Exchange(ref Unsafe.As<ulong, long>(ref location1), (long)value));

    /// <summary>Adds.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">How much.</param>
    /// <returns>The new value.</returns>
    public static ulong Add(ref ulong location1, ulong value) =>
        unchecked((ulong)Add(ref Unsafe.As<ulong, long>(ref location1), (long)value));

    /// <summary>Sets bits.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits.</param>
    /// <returns>The old value.</returns>
    public static ulong Or(ref ulong location1, ulong value) =>
        unchecked((ulong)Or(ref Unsafe.As<ulong, long>(ref location1), (long)value));

    /// <summary>Keeps bits and clears the others.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The bits to keep.</param>
    /// <returns>The old value.</returns>
    public static ulong And(ref ulong location1, ulong value) =>
        unchecked((ulong)And(ref Unsafe.As<ulong, long>(ref location1), (long)value));

    /// <summary>Writes a value if the old one is as expected.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The expected value.</param>
    /// <returns>The old value.</returns>
    public static nint CompareExchange(ref nint location1, nint value, nint comparand) =>
        unchecked((nint)CompareExchange(ref Unsafe.As<nint, long>(ref location1), (long)value, (long)comparand));

    /// <summary>Writes a value.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The old value.</returns>
    public static nint Exchange(ref nint location1, nint value) =>
        unchecked((nint)Exchange(ref Unsafe.As<nint, long>(ref location1), (long)value));

    /// <summary>Writes a value if the old one is as expected.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The expected value.</param>
    /// <returns>The old value.</returns>
    public static nuint CompareExchange(ref nuint location1, nuint value, nuint comparand) =>
        unchecked((nuint)CompareExchange(ref Unsafe.As<nuint, long>(ref location1), (long)value, (long)comparand));

    /// <summary>Writes a value.</summary>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The old value.</returns>
    public static nuint Exchange(ref nuint location1, nuint value) =>
        unchecked((nuint)Exchange(ref Unsafe.As<nuint, long>(ref location1), (long)value));

    /// <summary>Adds one.</summary>
    /// <param name="location">Where.</param>
    /// <returns>The new value.</returns>
    public static int Increment(ref int location) => Add(ref location, 1);

    /// <summary>Subtracts one.</summary>
    /// <param name="location">Where.</param>
    /// <returns>The new value.</returns>
    public static int Decrement(ref int location) => Add(ref location, -1);

    /// <summary>Adds one.</summary>
    /// <param name="location">Where.</param>
    /// <returns>The new value.</returns>
    public static long Increment(ref long location) => Add(ref location, 1);

    /// <summary>Subtracts one.</summary>
    /// <param name="location">Where.</param>
    /// <returns>The new value.</returns>
    public static long Decrement(ref long location) => Add(ref location, -1);

    /// <summary>Writes a reference if the old one is as expected.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new reference.</param>
    /// <param name="comparand">The expected reference.</param>
    /// <returns>The old reference.</returns>
    public static T CompareExchange<T>(ref T location1, T value, T comparand)
        where T : class?
    {
        // Nothing follows references, so a reference is a number here.
        nint old = CompareExchange(
            ref Unsafe.As<T, nint>(ref location1), Unsafe.As<T, nint>(ref value), Unsafe.As<T, nint>(ref comparand));
        return Unsafe.As<nint, T>(ref old);
    }

    /// <summary>Writes a reference.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="location1">Where.</param>
    /// <param name="value">The new reference.</param>
    /// <returns>The old reference.</returns>
    public static T Exchange<T>(ref T location1, T value)
        where T : class?
    {
        nint old = Exchange(ref Unsafe.As<T, nint>(ref location1), Unsafe.As<T, nint>(ref value));
        return Unsafe.As<nint, T>(ref old);
    }

    /// <summary>No access overtakes another across it.</summary>
    [Intrinsic]
    public static void MemoryBarrier() => MemoryBarrier();
}
