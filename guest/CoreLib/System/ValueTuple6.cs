// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What a tuple of 6 elements becomes.</summary>
/// <typeparam name="T1">Type of element 1.</typeparam>
/// <typeparam name="T2">Type of element 2.</typeparam>
/// <typeparam name="T3">Type of element 3.</typeparam>
/// <typeparam name="T4">Type of element 4.</typeparam>
/// <typeparam name="T5">Type of element 5.</typeparam>
/// <typeparam name="T6">Type of element 6.</typeparam>
public struct ValueTuple<T1, T2, T3, T4, T5, T6>
{
    /// <summary>Element 1.</summary>
    public T1 Item1;

    /// <summary>Element 2.</summary>
    public T2 Item2;

    /// <summary>Element 3.</summary>
    public T3 Item3;

    /// <summary>Element 4.</summary>
    public T4 Item4;

    /// <summary>Element 5.</summary>
    public T5 Item5;

    /// <summary>Element 6.</summary>
    public T6 Item6;

    /// <summary>Makes the tuple.</summary>
    /// <param name="item1">Element 1.</param>
    /// <param name="item2">Element 2.</param>
    /// <param name="item3">Element 3.</param>
    /// <param name="item4">Element 4.</param>
    /// <param name="item5">Element 5.</param>
    /// <param name="item6">Element 6.</param>
    public ValueTuple(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6)
    {
        Item1 = item1;
        Item2 = item2;
        Item3 = item3;
        Item4 = item4;
        Item5 = item5;
        Item6 = item6;
    }
}
