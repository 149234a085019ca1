// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Denali.Repo.Tests;

/// <summary>Rules about documents. Each returns what is wrong.</summary>
internal static partial class DocumentRules
{
    private static readonly string[] s_changeKinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    private static readonly string[] s_decisionHeadings =
        ["Context", "Decision", "Alternatives", "Consequences", "How we would know we were wrong"];

    /// <summary>Links that stay in the repository lead to a file, and to a heading of it.</summary>
    /// <param name="path">The document.</param>
    /// <param name="read">The text of a path from the root, or null if there is neither file nor folder.</param>
    public static IEnumerable<string> Links(string path, Func<string, string?> read)
    {
        IEnumerable<string> links = MarkdownText.Links(read(path)!);
        foreach (string link in links.Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            string[] parts = link.Split('#', 2);
            string target = parts[0].Length == 0 ? path : Resolve(path, parts[0]);
            if (target.StartsWith("..", StringComparison.Ordinal) || read(target) is not { } text)
            {
                yield return $"{path}: the link '{link}' leads nowhere";
            }
            else if (parts.Length == 2
                && !MarkdownText.Sections(text).Any(section => MarkdownText.Anchor(section.Title) == parts[1]))
            {
                yield return $"{path}: the link '{link}' leads to a heading that does not exist";
            }
        }
    }

    /// <summary>A document has exactly one title, and it comes first.</summary>
    public static IEnumerable<string> Title(string path, string text)
    {
        int titles = MarkdownText.Sections(text).Count(section => section.Level == 1);
        return titles == 1 && text.StartsWith("# ", StringComparison.Ordinal)
            ? []
            : [$"{path}: must begin with its only title, and has {titles}"];
    }

    /// <summary>The index links to every document of its folder.</summary>
    public static IEnumerable<string> Index(string indexPath, string text, IEnumerable<string> documents) =>
        documents.Where(path => path != indexPath)
            .Except(MarkdownText.Links(text).Select(link => Resolve(indexPath, link.Split('#')[0])))
            .Select(path => $"{indexPath} does not link to {path}");

    /// <summary>The changelog has the shape of keepachangelog.com.</summary>
    public static IEnumerable<string> Changelog(string text)
    {
        MarkdownText.Section[] sections = [.. MarkdownText.Sections(text)];
        string[] releases = [.. sections.Where(section => section.Level == 2).Select(section => section.Title)];
        if (sections.Length == 0 || sections[0] is not { Level: 1, Title: "Changelog" })
        {
            yield return "CHANGELOG.md: the title must be 'Changelog'";
        }

        if (releases.Length == 0 || releases[0] != "[Unreleased]")
        {
            yield return "CHANGELOG.md: the first release must be '[Unreleased]'";
        }

        Match[] dated = [.. releases.Skip(1).Select(release => Release().Match(release))];
        if (!dated.All(match => match.Success))
        {
            yield return "CHANGELOG.md: a release must read '[1.2.3] - 2000-12-31'";
        }
        else if (!dated.Select(match => Version.Parse(match.Groups[1].Value)).SequenceEqual(
            dated.Select(match => Version.Parse(match.Groups[1].Value)).OrderDescending()))
        {
            yield return "CHANGELOG.md: releases must be in descending order";
        }

        foreach (MarkdownText.Section kind in sections.Where(section => section.Level == 3))
        {
            if (!s_changeKinds.Contains(kind.Title))
            {
                yield return $"CHANGELOG.md: '{kind.Title}' is not one of {string.Join(", ", s_changeKinds)}";
            }

            if (!kind.Body.TrimStart().StartsWith("- ", StringComparison.Ordinal))
            {
                yield return $"CHANGELOG.md: '{kind.Title}' has no list of changes";
            }
        }
    }

    /// <summary>Decision records are numbered without gaps and hold all their parts.</summary>
    public static IEnumerable<string> Decisions(IReadOnlyList<(string Path, string Text)> records)
    {
        for (int i = 0; i < records.Count; i++)
        {
            (string path, string text) = records[i];
            string number = $"{i + 1:D4}";
            if (!Path.GetFileName(path).StartsWith(number + "-", StringComparison.Ordinal))
            {
                yield return $"{path}: expected number {number}";
            }

            IReadOnlyList<MarkdownText.Section> sections = MarkdownText.Sections(text);
            if (sections.Count == 0 || !sections[0].Title.StartsWith($"{i + 1}. ", StringComparison.Ordinal))
            {
                yield return $"{path}: the title must begin with '{i + 1}. '";
            }

            foreach (string heading in s_decisionHeadings)
            {
                if (!sections.Any(section => section.Title == heading && section.Body.Trim().Length > 0))
                {
                    yield return $"{path}: nothing under '{heading}'";
                }
            }
        }
    }

    /// <summary>A document that says what covers something names tests that exist.</summary>
    /// <param name="path">The document: each mention reads `Project`: Class, Class.</param>
    /// <param name="text">Its text.</param>
    /// <param name="files">All files.</param>
    public static IEnumerable<string> NamedTests(string path, string text, IReadOnlyCollection<string> files) =>
        from mention in TestMention().Matches(text)
        let folder = $"tests/{mention.Groups["project"].Value}/"
        from name in mention.Groups["class"].Captures
        where !files.Any(file => file.StartsWith(folder, StringComparison.Ordinal)
            && file.EndsWith($"/{name.Value}.cs", StringComparison.Ordinal))
        select $"{path}: there is no {name.Value} in {folder}";

    /// <summary>No file names a place on the machine that it was written on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="places">Folders of this machine.</param>
    public static IEnumerable<string> MachinePaths(string path, string text, IEnumerable<string> places) =>
        text.Split('\n').Index()
            .Where(line => HomeFolder().IsMatch(line.Item)
                || places.Any(place => line.Item.Contains(place, StringComparison.Ordinal)))
            .Select(line => $"{path}:{line.Index + 1}: names a place on one machine");

    private static string Resolve(string from, string link) =>
        Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/" + Path.GetDirectoryName(from), link)));

    [GeneratedRegex(@"`(?<project>Denali\.\w+\.Tests)`:( (?<class>\w+),?)+")]
    private static partial Regex TestMention();

    [GeneratedRegex(@"^\[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$")]
    private static partial Regex Release();

    [GeneratedRegex(@"(?<![\w.])/(home/\w|Users/\w|[r]oot/)|\b[A-Z]:\\Users\\")]
    private static partial Regex HomeFolder();
}
