// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What a tuple of 2 elements becomes.</summary>
/// <typeparam name="T1">Type of element 1.</typeparam>
/// <typeparam name="T2">Type of element 2.</typeparam>
public struct ValueTuple<T1, T2>
{
    /// <summary>Element 1.</summary>
    public T1 Item1;

    /// <summary>Element 2.</summary>
    public T2 Item2;

    /// <summary>Makes the tuple.</summary>
    /// <param name="item1">Element 1.</param>
    /// <param name="item2">Element 2.</param>
    public ValueTuple(T1 item1, T2 item2)
    {
        Item1 = item1;
        Item2 = item2;
    }
}
