// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Diagnostics;

/// <summary>Checks that are compiled in only where DEBUG is defined.</summary>
public static class Debug
{
    /// <summary>Panics if a condition is false.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="message">What it means.</param>
    /// <param name="file">Given by the compiler.</param>
    /// <param name="line">Given by the compiler.</param>
    [Conditional("DEBUG")]
    public static void Assert(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? message = null,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message, file, line);
        }
    }
}
