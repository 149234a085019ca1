// SPDX-License-Identifier: MIT
namespace System.Collections;

/// <summary>The compiler asks for it before it lets <see langword="foreach"/> step through an array.</summary>
public interface IEnumerable
{
    /// <summary>Starts to step through the elements.</summary>
    /// <returns>The enumerator.</returns>
    IEnumerator GetEnumerator();
}
