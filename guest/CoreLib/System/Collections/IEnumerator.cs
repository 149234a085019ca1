// SPDX-License-Identifier: MIT
namespace System.Collections;

/// <summary>The compiler asks for it before it lets <see langword="foreach"/> step through an array.</summary>
public interface IEnumerator
{
    /// <summary>The element.</summary>
    object? Current { get; }

    /// <summary>Goes to the next element.</summary>
    /// <returns>Whether there is one.</returns>
    bool MoveNext();

    /// <summary>Goes back before the first element.</summary>
    void Reset();
}
