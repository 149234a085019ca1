// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>What went wrong. To throw is to panic: it ends the VM with the message, the file and the line.</summary>
/// <remarks>
/// Nothing catches. Errors that a caller can handle are return values; an exception means that the guest is broken.
/// </remarks>
public class Exception
{
    /// <summary>Records the message and where it was made.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="file">Given by the compiler.</param>
    /// <param name="line">Given by the compiler.</param>
    public Exception(string? message = null, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        Message = message ?? "Exception";
        File = file ?? string.Empty;
        Line = line;
    }

    /// <summary>What happened.</summary>
    public string Message { get; }

    /// <summary>The source file that made the exception.</summary>
    public string File { get; }

    /// <summary>The line that made it.</summary>
    public int Line { get; }
}
