// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

/// <summary>A writable window on elements that lie one after the other: in an array, on the stack, anywhere.</summary>
/// <typeparam name="T">Type of the elements.</typeparam>
[NonVersionable]
public readonly ref struct Span<T>
{
    // The compiler knows both fields, in this order.
    internal readonly ref T _reference;
    private readonly int _length;

    /// <summary>All of an array.</summary>
    /// <param name="array">The array; null is empty. Must be exactly a <typeparamref name="T"/>[].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span(T[]? array)
    {
        if (array is null)
        {
            this = default;
            return;
        }

        if (RuntimeHelpers.IsReference<T>() && !RuntimeHelpers.IsExactArray<T>(array))
        {
            ThrowHelper.ThrowArrayTypeMismatch();
        }

        _reference = ref MemoryMarshal.GetArrayDataReference(array);
        _length = array.Length;
    }

    /// <summary>A part of an array.</summary>
    /// <param name="array">The array.</param>
    /// <param name="start">The first element.</param>
    /// <param name="length">The number of elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span(T[]? array, int start, int length) => this = new Span<T>(array).Slice(start, length);

    /// <summary>Memory at an address.</summary>
    /// <param name="pointer">The address.</param>
    /// <param name="length">The number of elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Span(void* pointer, int length)
    {
        if (length < 0)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        _reference = ref Unsafe.As<byte, T>(ref *(byte*)pointer);
        _length = length;
    }

    /// <summary>One element.</summary>
    /// <param name="reference">The element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span(ref T reference)
    {
        _reference = ref reference;
        _length = 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span(ref T reference, int length)
    {
        _reference = ref reference;
        _length = length;
    }

    /// <summary>The window on nothing.</summary>
    public static Span<T> Empty => default;

    /// <summary>The number of elements.</summary>
    public int Length
    {
        [Intrinsic]
        [NonVersionable]
        get => _length;
    }

    /// <summary>Whether there is no element.</summary>
    public bool IsEmpty
    {
        [NonVersionable]
        get => _length == 0;
    }

    /// <summary>An element.</summary>
    /// <param name="index">Its index.</param>
    public ref T this[int index]
    {
        [Intrinsic]
        [NonVersionable]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length)
            {
                ThrowHelper.ThrowIndexOutOfRange();
            }

            return ref Unsafe.Add(ref _reference, (nint)(uint)index);
        }
    }

    /// <summary>All of an array.</summary>
    /// <param name="array">The array.</param>
    public static implicit operator Span<T>(T[]? array) => new(array);

    /// <summary>The same window, read-only.</summary>
    /// <param name="span">The window.</param>
    public static implicit operator ReadOnlySpan<T>(Span<T> span) => new(ref span._reference, span._length);

    /// <summary>Whether two windows show the same memory.</summary>
    /// <param name="left">A window.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they start at the same place and have the same length.</returns>
    public static bool operator ==(Span<T> left, Span<T> right) =>
        left._length == right._length && Unsafe.AreSame(ref left._reference, ref right._reference);

    /// <summary>Whether two windows show different memory.</summary>
    /// <param name="left">A window.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(Span<T> left, Span<T> right) => !(left == right);

    /// <summary>Everything from an element on.</summary>
    /// <param name="start">The element.</param>
    /// <returns>The window.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start)
    {
        if ((uint)start > (uint)_length)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return new Span<T>(ref Unsafe.Add(ref _reference, (nint)(uint)start), _length - start);
    }

    /// <summary>A part.</summary>
    /// <param name="start">Its first element.</param>
    /// <param name="length">Its length.</param>
    /// <returns>The window.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start, int length)
    {
        // In 64 bits the sum of two 32-bit numbers cannot wrap, so one comparison checks all three conditions.
        if ((ulong)(uint)start + (uint)length > (uint)_length)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return new Span<T>(ref Unsafe.Add(ref _reference, (nint)(uint)start), length);
    }

    /// <summary>Sets all elements.</summary>
    /// <param name="value">The value.</param>
    public unsafe void Fill(T value)
    {
        if (sizeof(T) == 1)
        {
            SpanHelpers.Fill(
                ref Unsafe.As<T, byte>(ref _reference), Unsafe.As<T, byte>(ref value), (nuint)(uint)_length);
            return;
        }

        for (int i = 0; i < _length; i++)
        {
            Unsafe.Add(ref _reference, i) = value;
        }
    }

    /// <summary>Zeroes all elements.</summary>
    public unsafe void Clear() =>
        SpanHelpers.ClearWithoutReferences(
            ref Unsafe.As<T, byte>(ref _reference), (nuint)(uint)_length * (nuint)sizeof(T));

    /// <summary>Copies all elements; the windows may overlap. Panics if they do not fit.</summary>
    /// <param name="destination">Where to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(Span<T> destination) => ((ReadOnlySpan<T>)this).CopyTo(destination);

    /// <summary>Copies all elements if they fit; the windows may overlap.</summary>
    /// <param name="destination">Where to.</param>
    /// <returns>Whether they fit.</returns>
    public bool TryCopyTo(Span<T> destination) => ((ReadOnlySpan<T>)this).TryCopyTo(destination);

    /// <summary>The elements in a new array.</summary>
    /// <returns>The array.</returns>
    public T[] ToArray() => ((ReadOnlySpan<T>)this).ToArray();

    /// <summary>The first element, for <see langword="fixed"/>.</summary>
    /// <returns>A reference to it, or a null reference.</returns>
    public ref T GetPinnableReference() => ref _length == 0 ? ref Unsafe.NullRef<T>() : ref _reference;

    /// <summary>For <see langword="foreach"/>.</summary>
    /// <returns>The enumerator.</returns>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Panics: a window cannot be an object.</summary>
    /// <param name="obj">Anything.</param>
    /// <returns>Never.</returns>
    public override bool Equals(object? obj) => throw new NotSupportedException("Equals of a span");

    /// <summary>Panics: a window has no hash.</summary>
    /// <returns>Never.</returns>
    public override int GetHashCode() => throw new NotSupportedException("GetHashCode of a span");

    /// <summary>Steps through the elements.</summary>
    public ref struct Enumerator
    {
        private readonly Span<T> _span;
        private int _index;

        internal Enumerator(Span<T> span)
        {
            _span = span;
            _index = -1;
        }

        /// <summary>The element.</summary>
        public readonly ref T Current
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => ref _span[_index];
        }

        /// <summary>Goes to the next element.</summary>
        /// <returns>Whether there is one.</returns>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext() => ++_index < _span.Length;
    }
}
