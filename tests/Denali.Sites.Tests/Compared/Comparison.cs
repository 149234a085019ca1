// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Denali.Sites.Tests.Support;

namespace Denali.Sites.Tests.Compared;

/// <summary>Compares what matters to a client in two responses.</summary>
internal static class Comparison
{
    private const string Nothing = "(none)";
    private const string Multipart = "multipart/byteranges; boundary=";

    private static readonly string[] s_fields =
    [
        "Content-Type", "Content-Length", "Content-Encoding", "Accept-Ranges", "Last-Modified",
    ];

    /// <summary>Compares them.</summary>
    internal static IEnumerable<Mismatch> Compare(string name, RawResponse theirs, RawResponse ours)
    {
        if (!ours.IsWhole)
        {
            yield return new Mismatch(name, "content", "whole", "cut off");
        }

        if (theirs.Status != ours.Status)
        {
            // What goes with another status is another story.
            yield return new Mismatch(name, "status", $"{theirs.Status}", $"{ours.Status}");
            yield break;
        }

        (string, string, string)[] aspects =
        [
            .. Aspects(theirs).Zip(Aspects(ours), (first, second) => (first.Name, first.Value, second.Value)),
        ];
        foreach ((string aspect, string their, string our) in aspects)
        {
            if (their != our)
            {
                yield return new Mismatch(name, aspect, their, our);
            }
        }
    }

    private static IEnumerable<(string Name, string Value)> Aspects(RawResponse response)
    {
        // Pages about errors and redirects are each server's own.
        bool isContent = response.Status is 200 or 206;
        bool isMultipart = response.Field("Content-Type")?.StartsWith(Multipart, StringComparison.Ordinal) == true;
        foreach (string field in s_fields.Where(_ => isContent || response.Status == 304))
        {
            // A boundary is chosen freely, and counts in the length.
            string? value = response.Field(field);
            yield return (field,
                isMultipart && field == "Content-Type" ? Multipart
                : isMultipart && field == "Content-Length" ? "of parts"
                : value ?? Nothing);
        }

        yield return ("Location", response.Field("Location") ?? Nothing);
        yield return ("Content-Range", response.Field("Content-Range") ?? Nothing);
        if (isContent || response.Status == 304)
        {
            // After an error, each server decides for itself.
            bool isLast = response.Field("Connection")?.Contains("close", StringComparison.OrdinalIgnoreCase) == true;
            yield return ("Connection", isLast ? "close" : "keep-alive");
            yield return ("ETag", response.Field("ETag") is null ? Nothing : "there");
        }

        string content = isMultipart ? PartsOf(response) : Encoding.Latin1.GetString(response.Content);
        yield return ("content", !isContent ? "" : Brief(content));
    }

    private static string PartsOf(RawResponse response)
    {
        string boundary = response.Field("Content-Type")![Multipart.Length..].Trim('"');
        string text = Encoding.Latin1.GetString(response.Content).Replace(boundary, "*", StringComparison.Ordinal);

        // The line break before the first boundary may be left out (RFC 2046 section 5.1.1).
        return text.TrimStart('\r', '\n');
    }

    private static string Brief(string content) => content.Length <= 80
        ? content
        : $"{content.Length} bytes {Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(content)))[..8]}";
}
