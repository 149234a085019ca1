// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Denali.Http.Tests;

/// <summary>A response, read by rules of its own.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Fields, byte[] Content, byte[] Rest)
{
    public string Text => Encoding.Latin1.GetString(Content);

    public string this[string field] => Fields[field];

    public static Answer Parse(byte[] bytes, bool isHead = false)
    {
        string text = Encoding.Latin1.GetString(bytes);
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string[] lines = text[..end].Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
        {
            throw new FormatException(lines[0]);
        }

        var fields = lines[1..].Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        int status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        bool hasNone = isHead || status is 204 or 304;
        int length = hasNone ? 0 : int.Parse(fields["Content-Length"], CultureInfo.InvariantCulture);
        int start = end + 4;
        return new Answer(status, fields, bytes[start..(start + length)], bytes[(start + length)..]);
    }

    public static List<Answer> ParseAll(byte[] bytes)
    {
        List<Answer> answers = [];
        while (bytes.Length > 0)
        {
            answers.Add(Parse(bytes));
            bytes = answers[^1].Rest;
        }

        return answers;
    }
}
