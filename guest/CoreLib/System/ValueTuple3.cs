// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What a tuple of 3 elements becomes.</summary>
/// <typeparam name="T1">Type of element 1.</typeparam>
/// <typeparam name="T2">Type of element 2.</typeparam>
/// <typeparam name="T3">Type of element 3.</typeparam>
public struct ValueTuple<T1, T2, T3>
{
    /// <summary>Element 1.</summary>
    public T1 Item1;

    /// <summary>Element 2.</summary>
    public T2 Item2;

    /// <summary>Element 3.</summary>
    public T3 Item3;

    /// <summary>Makes the tuple.</summary>
    /// <param name="item1">Element 1.</param>
    /// <param name="item2">Element 2.</param>
    /// <param name="item3">Element 3.</param>
    public ValueTuple(T1 item1, T2 item2, T3 item3)
    {
        Item1 = item1;
        Item2 = item2;
        Item3 = item3;
    }
}
