// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>A checked calculation left the range of its type.</summary>
/// <remarks>To throw it is to panic; see <see cref="Exception"/>.</remarks>
public class OverflowException : Exception
{
    /// <summary>Records the message and where it was made.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="file">Given by the compiler.</param>
    /// <param name="line">Given by the compiler.</param>
    public OverflowException(
        string? message = null, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(message ?? "A checked calculation left the range of its type", file, line)
    {
    }
}
