// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>The base of all delegates.</summary>
/// <remarks>
/// ILC builds one by calling an <c>Initialize...</c> method with a function pointer and, where the two conventions
/// differ, a thunk. An invocation calls <see cref="_functionPointer"/> with <see cref="_firstParameter"/> in front of
/// the arguments. The names of the fields and of those methods are fixed by the compiler.
/// </remarks>
public abstract class Delegate
{
    private const int MulticastThunk = 0;
    private const int ClosedInstanceOverGenericThunk = 3;

    // A function pointer with this bit points at {code, instantiation} instead of at code.
    private const nint FatPointerBit = 2;

    private object? _firstParameter;
    private object? _helperObject;
    private nint _extraFunctionPointerOrData;
    private nint _functionPointer;

    internal Delegate()
    {
    }

    /// <summary>The object that the method is called on, if any.</summary>
    public object? Target => ReferenceEquals(_firstParameter, this) ? null : _firstParameter;

    /// <summary>Puts the methods of two delegates into one.</summary>
    /// <param name="a">The delegate that is called first.</param>
    /// <param name="b">The delegate that is called then.</param>
    /// <returns>A delegate that calls both. The two are not freed.</returns>
    public static Delegate? Combine(Delegate? a, Delegate? b)
    {
        if (a is null || b is null)
        {
            return a ?? b;
        }

        int count = a.Count;
        Wrapper[] all = new Wrapper[count + b.Count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i].Value = i < count ? a.At(i) : b.At(i - count);
        }

        return a.NewMulticast(all, all.Length);
    }

    /// <summary>Takes the last occurrence of a method out of a delegate.</summary>
    /// <param name="source">The delegate.</param>
    /// <param name="value">A delegate of one method.</param>
    /// <returns>The rest, or null if nothing is left.</returns>
    public static Delegate? Remove(Delegate? source, Delegate? value)
    {
        if (source is null || value is null)
        {
            return source;
        }

        for (int i = source.Count - 1; i >= 0; i--)
        {
            if (source.At(i).Equals(value))
            {
                return source.Without(i);
            }
        }

        return source;
    }

    /// <inheritdoc/>
    public override unsafe bool Equals(object? obj)
    {
        if (obj is not Delegate other || other.m_pMethodTable != m_pMethodTable || other.Count != Count)
        {
            return false;
        }

        if (!IsMulticast)
        {
            return other._functionPointer == _functionPointer
                && other._extraFunctionPointerOrData == _extraFunctionPointerOrData
                && ReferenceEquals(other._helperObject, _helperObject)
                && ReferenceEquals(other.Target, Target);
        }

        for (int i = 0; i < Count; i++)
        {
            if (!At(i).Equals(other.At(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode() => _functionPointer.GetHashCode();

    private int Count => IsMulticast ? (int)_extraFunctionPointerOrData : 1;

    private bool IsMulticast => _helperObject is Wrapper[];

    private Delegate At(int index) => _helperObject is Wrapper[] all ? all[index].Value : this;

    private Delegate? Without(int index)
    {
        int count = Count;
        if (count <= 2)
        {
            return count == 1 ? null : At(1 - index);
        }

        Wrapper[] rest = new Wrapper[count - 1];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i].Value = At(i < index ? i : i + 1);
        }

        return NewMulticast(rest, rest.Length);
    }

    private unsafe Delegate NewMulticast(Wrapper[] all, int count)
    {
        Delegate result = Unsafe.As<Delegate>(RuntimeHelpers.NewObject(m_pMethodTable));
        result._firstParameter = result;
        result._helperObject = all;
        result._extraFunctionPointerOrData = count;
        result._functionPointer = GetThunk(MulticastThunk);
        return result;
    }

    // ILC overrides it in every delegate type.
    private protected virtual nint GetThunk(int whichThunk) => 0;

    private void InitializeClosedInstance(object firstParameter, nint functionPointer)
    {
        if (firstParameter is null)
        {
            ThrowHelper.ThrowNullReference();
        }

        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceSlow(object firstParameter, nint functionPointer)
    {
        if (firstParameter is null)
        {
            ThrowHelper.ThrowNullReference();
        }

        if ((functionPointer & FatPointerBit) == 0)
        {
            _functionPointer = functionPointer;
            _firstParameter = firstParameter;
            return;
        }

        _firstParameter = this;
        _functionPointer = GetThunk(ClosedInstanceOverGenericThunk);
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = firstParameter;
    }

    private unsafe void InitializeClosedInstanceToInterface(object firstParameter, nint dispatchCell)
    {
        if (firstParameter is null)
        {
            ThrowHelper.ThrowNullReference();
        }

        _functionPointer = (nint)InterfaceDispatch.Resolve(firstParameter, (InterfaceDispatchCell*)dispatchCell);
        _firstParameter = firstParameter;
    }

    // The IL checker refuses generic virtual methods, so nothing gets here; the name must resolve.
    private void InitializeClosedInstanceWithGVMResolution(object firstParameter, nint dispatchCell) =>
        throw new NotSupportedException("A delegate to a generic virtual method");

    private void InitializeClosedStaticThunk(object firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = firstParameter;
        _functionPointer = functionPointerThunk;
        _firstParameter = this;
    }

    private void InitializeOpenStaticThunk(object firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _firstParameter = this;
        _functionPointer = functionPointerThunk;
        _extraFunctionPointerOrData = functionPointer;
    }

    // Only reflection makes open delegates to instance methods.
    private nint GetActualTargetFunctionPointer(object thisObject) =>
        throw new NotSupportedException("An open delegate to an instance method");

    // The multicast thunk that ILC makes reads an array of this.
    private struct Wrapper
    {
        public Delegate Value;
    }
}
