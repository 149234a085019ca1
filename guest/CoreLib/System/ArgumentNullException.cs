// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>An argument is null.</summary>
/// <remarks>To throw it is to panic; see <see cref="Exception"/>.</remarks>
public class ArgumentNullException : ArgumentException
{
    /// <summary>Records the argument and where it was made.</summary>
    /// <param name="paramName">The argument.</param>
    /// <param name="message">What happened.</param>
    /// <param name="file">Given by the compiler.</param>
    /// <param name="line">Given by the compiler.</param>
    public ArgumentNullException(
        string? paramName = null,
        string? message = null,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
        : base(message ?? "An argument is null", file, line) => ParamName = paramName;

    /// <summary>The argument.</summary>
    public string? ParamName { get; }
}
