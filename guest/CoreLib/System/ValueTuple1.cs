// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What a tuple of 1 element becomes.</summary>
/// <typeparam name="T1">Type of element 1.</typeparam>
public struct ValueTuple<T1>
{
    /// <summary>Element 1.</summary>
    public T1 Item1;

    /// <summary>Makes the tuple.</summary>
    /// <param name="item1">Element 1.</param>
    public ValueTuple(T1 item1)
    {
        Item1 = item1;
    }
}
