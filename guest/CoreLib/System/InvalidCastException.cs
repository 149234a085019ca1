// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>An object is not of the type it was cast to.</summary>
/// <remarks>To throw it is to panic; see <see cref="Exception"/>.</remarks>
public class InvalidCastException : Exception
{
    /// <summary>Records the message and where it was made.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="file">Given by the compiler.</param>
    /// <param name="line">Given by the compiler.</param>
    public InvalidCastException(
        string? message = null, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        : base(message ?? "An object is not of the type it was cast to", file, line)
    {
    }
}
