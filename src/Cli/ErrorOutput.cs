// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;

namespace Denali.Cli;

/// <summary>Messages to the user, which must not fail: there may be nobody to read them.</summary>
internal static class ErrorOutput
{
    private static readonly Stream s_stream = Console.OpenStandardError();

    /// <summary>Writes a line at once. Any thread.</summary>
    /// <param name="text">The line.</param>
    internal static void WriteLine(string text) => Write(text + "\n");

    /// <summary>Writes a text at once. Any thread.</summary>
    /// <param name="text">The text.</param>
    internal static void Write(string text)
    {
        try
        {
            s_stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (IsOfStream(e))
        {
            // Closed, or on a full disk: there is no other place to say it.
        }
    }

    /// <summary>Whether an exception says that a standard stream is closed, full or gone.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>True if so.</returns>
    internal static bool IsOfStream(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
