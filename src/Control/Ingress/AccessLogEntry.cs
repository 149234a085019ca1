// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;

namespace Denali.Control.Ingress;

/// <summary>A request and what became of it.</summary>
/// <param name="Client">The visitor's address.</param>
/// <param name="Host">The host that was asked for, as it came.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, as they came.</param>
/// <param name="Protocol">The protocol, as "HTTP/1.1".</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="ContentBytes">Length of the answer's content, or null if it was not told beforehand.</param>
/// <param name="Duration">How long it took.</param>
public readonly record struct AccessLogEntry(
    string Client,
    string Host,
    string Method,
    string Target,
    string Protocol,
    int Status,
    long? ContentBytes,
    TimeSpan Duration)
{
    // Longer texts are cut: a line is for people.
    private const int TextMax = 400;

    /// <summary>The entry as a line.</summary>
    /// <returns>Printable ASCII without a line's end: whatever the visitor sent, a terminal obeys none of it.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Plain(Client)} {Plain(Host)} \"{Plain(Method)} {Plain(Target)} {Protocol}\" {Status} ")
        + (ContentBytes?.ToString(CultureInfo.InvariantCulture) ?? "-")
        + string.Create(CultureInfo.InvariantCulture, $" {Duration.TotalMilliseconds:0.0} ms");

    private static string Plain(string text)
    {
        if (text.Length == 0)
        {
            return "-";
        }

        var builder = new StringBuilder(text, 0, Math.Min(text.Length, TextMax), TextMax);
        for (int i = 0; i < builder.Length; i++)
        {
            if (builder[i] is <= ' ' or '"' or >= '\x7F')
            {
                builder[i] = '?';
            }
        }

        return builder.ToString();
    }
}
