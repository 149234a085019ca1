// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Searching and comparing spans.</summary>
public static class MemoryExtensions
{
    /// <summary>All of an array.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <returns>The span.</returns>
    public static Span<T> AsSpan<T>(this T[]? array) => new(array);

    /// <summary>An array from an element on.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <param name="start">The first element.</param>
    /// <returns>The span.</returns>
    public static Span<T> AsSpan<T>(this T[]? array, int start) => new Span<T>(array).Slice(start);

    /// <summary>A part of an array.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <param name="start">The first element.</param>
    /// <param name="length">The number of elements.</param>
    /// <returns>The span.</returns>
    public static Span<T> AsSpan<T>(this T[]? array, int start, int length) => new(array, start, length);

    /// <summary>The code units of a text. Also what a conversion of a text to a span becomes.</summary>
    /// <param name="text">The text; null is empty.</param>
    /// <returns>The span.</returns>
    public static ReadOnlySpan<char> AsSpan(this string? text) => text is null ? default : text.Units;

    /// <summary>Whether two spans have equal elements.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">A span.</param>
    /// <param name="other">Another.</param>
    /// <returns>Whether they are equal.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SequenceEqual<T>(this Span<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T> => SequenceEqual((ReadOnlySpan<T>)span, other);

    /// <summary>Whether two spans have equal elements.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">A span.</param>
    /// <param name="other">Another.</param>
    /// <returns>Whether they are equal.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool SequenceEqual<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>
    {
        if (span.Length != other.Length)
        {
            return false;
        }

        if (RuntimeHelpers.IsBitwiseEquatable<T>())
        {
            return SpanHelpers.SequenceEqual(
                ref Unsafe.As<T, byte>(ref span._reference),
                ref Unsafe.As<T, byte>(ref other._reference),
                (nuint)(uint)span.Length * (nuint)sizeof(T));
        }

        return EqualElements(span, other);
    }

    /// <summary>Orders two spans by their first difference, else by length.</summary>
    /// <param name="span">A span.</param>
    /// <param name="other">Another.</param>
    /// <returns>Negative, zero or positive.</returns>
    public static int SequenceCompareTo(this ReadOnlySpan<byte> span, ReadOnlySpan<byte> other)
    {
        int shorter = span.Length < other.Length ? span.Length : other.Length;
        int order = SpanHelpers.Compare(ref span._reference, ref other._reference, (nuint)(uint)shorter);
        return order != 0 ? order : span.Length.CompareTo(other.Length);
    }

    /// <summary>Where a value is.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value">The value.</param>
    /// <returns>Its first index, or -1.</returns>
    public static int IndexOf<T>(this Span<T> span, T value)
        where T : IEquatable<T> => IndexOf((ReadOnlySpan<T>)span, value);

    /// <summary>Where a value is.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value">The value.</param>
    /// <returns>Its first index, or -1.</returns>
    public static unsafe int IndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        if (sizeof(T) == 1 && RuntimeHelpers.IsBitwiseEquatable<T>())
        {
            return (int)SpanHelpers.IndexOfByte(
                ref Unsafe.As<T, byte>(ref span._reference), Unsafe.As<T, byte>(ref value), (nuint)(uint)span.Length);
        }

        for (int i = 0; i < span.Length; i++)
        {
            if (span[i].Equals(value))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Where a sequence is.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value">The sequence.</param>
    /// <returns>The index of its first element, or -1.</returns>
    public static int IndexOf<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>
    {
        if (value.Length == 0)
        {
            return 0;
        }

        int from = 0;
        while (span.Length - from >= value.Length)
        {
            int found = span.Slice(from, span.Length - from - value.Length + 1).IndexOf(value[0]);
            if (found < 0)
            {
                return -1;
            }

            from += found;
            if (span.Slice(from, value.Length).SequenceEqual(value))
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    /// <summary>Where a sequence is.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value">The sequence.</param>
    /// <returns>The index of its first element, or -1.</returns>
    public static int IndexOf<T>(this Span<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T> => IndexOf((ReadOnlySpan<T>)span, value);

    /// <summary>Where one of two values is.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value0">A value.</param>
    /// <param name="value1">Another.</param>
    /// <returns>The first index, or -1.</returns>
    public static int IndexOfAny<T>(this ReadOnlySpan<T> span, T value0, T value1)
        where T : IEquatable<T>
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (span[i].Equals(value0) || span[i].Equals(value1))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Where a value is last.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value">The value.</param>
    /// <returns>Its last index, or -1.</returns>
    public static int LastIndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>
    {
        for (int i = span.Length - 1; i >= 0; i--)
        {
            if (span[i].Equals(value))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether a value is there.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is there.</returns>
    public static bool Contains<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T> => IndexOf(span, value) >= 0;

    /// <summary>Whether a value is there.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">Where to look.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is there.</returns>
    public static bool Contains<T>(this Span<T> span, T value)
        where T : IEquatable<T> => IndexOf((ReadOnlySpan<T>)span, value) >= 0;

    /// <summary>Whether a span starts with a sequence.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">The span.</param>
    /// <param name="value">The sequence.</param>
    /// <returns>Whether it does.</returns>
    public static bool StartsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T> =>
        span.Length >= value.Length && span.Slice(0, value.Length).SequenceEqual(value);

    /// <summary>Whether a span ends with a sequence.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">The span.</param>
    /// <param name="value">The sequence.</param>
    /// <returns>Whether it does.</returns>
    public static bool EndsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T> =>
        span.Length >= value.Length && span.Slice(span.Length - value.Length).SequenceEqual(value);

    /// <summary>Turns the order round.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">The span.</param>
    public static void Reverse<T>(this Span<T> span)
    {
        for (int i = 0, j = span.Length - 1; i < j; i++, j--)
        {
            (span[i], span[j]) = (span[j], span[i]);
        }
    }

    private static bool EqualElements<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (!span[i].Equals(other[i]))
            {
                return false;
            }
        }

        return true;
    }
}
