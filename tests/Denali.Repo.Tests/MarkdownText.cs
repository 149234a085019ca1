// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Denali.Repo.Tests;

/// <summary>As much of Markdown as the rules need.</summary>
internal static partial class MarkdownText
{
    /// <summary>A heading and everything up to the next one that is not below it.</summary>
    /// <param name="Level">1 for a title.</param>
    /// <param name="Title">The heading's text.</param>
    /// <param name="Body">The lines below it, including those of deeper headings.</param>
    public sealed record Section(int Level, string Title, string Body);

    /// <summary>A table.</summary>
    /// <param name="Header">The cells of its first row.</param>
    /// <param name="Rows">The cells of the others.</param>
    public sealed record Table(string[] Header, IReadOnlyList<string[]> Rows);

    /// <summary>Lines outside of fenced code, the others empty.</summary>
    /// <param name="text">The document.</param>
    /// <returns>As many lines as the document has.</returns>
    public static string[] ProseLines(string text)
    {
        bool fenced = false;
        return Array.ConvertAll(text.Split('\n'), line =>
        {
            bool fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            fenced ^= fence;
            return fenced || fence ? "" : line;
        });
    }

    /// <summary>All sections of a document.</summary>
    /// <param name="text">The document.</param>
    /// <returns>In their order.</returns>
    public static IReadOnlyList<Section> Sections(string text)
    {
        string[] lines = ProseLines(text);
        (int Line, int Level, string Title)[] headings =
        [
            .. lines.Index()
                .Select(line => (line.Index, Match: Heading().Match(line.Item)))
                .Where(line => line.Match.Success)
                .Select(line => (line.Index, line.Match.Groups[1].Length, line.Match.Groups[2].Value.Trim())),
        ];
        return
        [
            .. headings.Select(heading =>
            {
                int end = headings.Where(next => next.Line > heading.Line && next.Level <= heading.Level)
                    .Select(next => next.Line).DefaultIfEmpty(lines.Length).First();
                return new Section(heading.Level, heading.Title, string.Join('\n', lines[(heading.Line + 1)..end]));
            }),
        ];
    }

    /// <summary>All tables of a document.</summary>
    /// <param name="text">The document.</param>
    /// <returns>In their order.</returns>
    public static IReadOnlyList<Table> Tables(string text)
    {
        List<Table> tables = [];
        List<string[]> rows = [];
        foreach (string line in ProseLines(text).Append(""))
        {
            if (line.StartsWith('|'))
            {
                rows.Add([.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())]);
            }
            else if (rows.Count > 0)
            {
                tables.Add(new Table(rows[0], [.. rows.Skip(2)]));
                rows.Clear();
            }
        }

        return tables;
    }

    /// <summary>Targets of all links and images.</summary>
    /// <param name="text">The document.</param>
    /// <returns>As written.</returns>
    public static IEnumerable<string> Links(string text) =>
        ProseLines(text)
            .Select(line => InlineCode().Replace(line, ""))
            .SelectMany(line => Link().Matches(line))
            .Select(match => match.Groups[1].Value);

    /// <summary>The anchor that a heading gets.</summary>
    /// <param name="title">The heading's text.</param>
    /// <returns>The part after the hash in a link to it.</returns>
    public static string Anchor(string title) =>
        NotInAnchor().Replace(title.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"^(#{1,6})\s+(.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
