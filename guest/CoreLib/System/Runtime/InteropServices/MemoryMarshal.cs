// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System.Runtime.InteropServices;

/// <summary>Spans as what they are made of.</summary>
public static unsafe class MemoryMarshal
{
    /// <summary>The first element of a span.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">The span.</param>
    /// <returns>A reference to it; it may point to nothing.</returns>
    public static ref T GetReference<T>(Span<T> span) => ref span._reference;

    /// <summary>The first element of a span.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">The span.</param>
    /// <returns>A reference to it; it may point to nothing.</returns>
    public static ref T GetReference<T>(ReadOnlySpan<T> span) => ref span._reference;

    /// <summary>The first element of an array.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <returns>A reference to where it is or would be.</returns>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T GetArrayDataReference<T>(T[] array) =>
        ref Unsafe.As<byte, T>(ref Unsafe.As<RuntimeHelpers.RawArrayData>(array).Data);

    /// <summary>A span from a reference and a length.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="reference">The first element.</param>
    /// <param name="length">The number of elements.</param>
    /// <returns>The span.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<T> CreateSpan<T>(scoped ref T reference, int length) =>
        new(ref Unsafe.AsRef(in reference), length);

    /// <summary>A span from a reference and a length.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="reference">The first element.</param>
    /// <param name="length">The number of elements.</param>
    /// <returns>The span.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<T> CreateReadOnlySpan<T>(scoped ref readonly T reference, int length) =>
        new(ref Unsafe.AsRef(in reference), length);

    /// <summary>The bytes of a span.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">The span.</param>
    /// <returns>The same memory as bytes.</returns>
    public static Span<byte> AsBytes<T>(Span<T> span)
        where T : unmanaged =>
        new(ref Unsafe.As<T, byte>(ref span._reference), checked(span.Length * sizeof(T)));

    /// <summary>The bytes of a span.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="span">The span.</param>
    /// <returns>The same memory as bytes.</returns>
    public static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> span)
        where T : unmanaged =>
        new(ref Unsafe.As<T, byte>(ref span._reference), checked(span.Length * sizeof(T)));

    /// <summary>A span as elements of another type; what is left at the end is cut off.</summary>
    /// <typeparam name="TFrom">The one type.</typeparam>
    /// <typeparam name="TTo">The other.</typeparam>
    /// <param name="span">The span.</param>
    /// <returns>The same memory.</returns>
    public static Span<TTo> Cast<TFrom, TTo>(Span<TFrom> span)
        where TFrom : unmanaged
        where TTo : unmanaged =>
        new(
            ref Unsafe.As<TFrom, TTo>(ref span._reference),
            checked((int)((ulong)(uint)span.Length * (ulong)sizeof(TFrom) / (ulong)sizeof(TTo))));

    /// <summary>A span as elements of another type; what is left at the end is cut off.</summary>
    /// <typeparam name="TFrom">The one type.</typeparam>
    /// <typeparam name="TTo">The other.</typeparam>
    /// <param name="span">The span.</param>
    /// <returns>The same memory.</returns>
    public static ReadOnlySpan<TTo> Cast<TFrom, TTo>(ReadOnlySpan<TFrom> span)
        where TFrom : unmanaged
        where TTo : unmanaged =>
        new(
            ref Unsafe.As<TFrom, TTo>(ref span._reference),
            checked((int)((ulong)(uint)span.Length * (ulong)sizeof(TFrom) / (ulong)sizeof(TTo))));

    /// <summary>The start of a span as a structure; panics if it is too short.</summary>
    /// <typeparam name="T">The structure.</typeparam>
    /// <param name="span">The bytes.</param>
    /// <returns>The same memory.</returns>
    public static ref T AsRef<T>(Span<byte> span)
        where T : unmanaged
    {
        if (span.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    /// <summary>The start of a span as a structure; panics if it is too short.</summary>
    /// <typeparam name="T">The structure.</typeparam>
    /// <param name="span">The bytes.</param>
    /// <returns>The same memory.</returns>
    public static ref readonly T AsRef<T>(ReadOnlySpan<byte> span)
        where T : unmanaged
    {
        if (span.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    /// <summary>Reads a structure from the start of a span; panics if it is too short.</summary>
    /// <typeparam name="T">The structure.</typeparam>
    /// <param name="source">The bytes.</param>
    /// <returns>The structure.</returns>
    public static T Read<T>(ReadOnlySpan<byte> source)
        where T : unmanaged
    {
        if (source.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return Unsafe.ReadUnaligned<T>(ref source._reference);
    }

    /// <summary>Reads a structure from the start of a span.</summary>
    /// <typeparam name="T">The structure.</typeparam>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The structure.</param>
    /// <returns>Whether the span is long enough.</returns>
    public static bool TryRead<T>(ReadOnlySpan<byte> source, out T value)
        where T : unmanaged
    {
        if (source.Length < sizeof(T))
        {
            value = default;
            return false;
        }

        value = Unsafe.ReadUnaligned<T>(ref source._reference);
        return true;
    }

    /// <summary>Writes a structure to the start of a span; panics if it is too short.</summary>
    /// <typeparam name="T">The structure.</typeparam>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The structure.</param>
    public static void Write<T>(Span<byte> destination, in T value)
        where T : unmanaged
    {
        if (destination.Length < sizeof(T))
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        Unsafe.WriteUnaligned(ref destination._reference, value);
    }

    /// <summary>Bytes up to a NUL.</summary>
    /// <param name="value">The first byte; null is empty.</param>
    /// <returns>The bytes before the NUL.</returns>
    public static ReadOnlySpan<byte> CreateReadOnlySpanFromNullTerminated(byte* value)
    {
        int length = 0;
        while (value != null && value[length] != 0)
        {
            length++;
        }

        return new ReadOnlySpan<byte>(value, length);
    }
}
