// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>Documents can be found, keep their shapes and link to what exists.</summary>
public sealed class DocumentTests
{
    private const string GoodDecision =
        "# 1. X\n## Context\na\n## Decision\na\n## Alternatives\na\n## Consequences\na\n"
        + "## How we would know we were wrong\na\n";

    private static IEnumerable<string> Documents => Repository.Under("", ".md");

    private static IEnumerable<string> TextFiles =>
        Repository.Files.Where(path => Path.GetExtension(path) is not (".denali" or ".bin" or ".png"));

    // Folders that would mean this machine: the repository and the user's home, unless they are too short to tell.
    private static IEnumerable<string> Places =>
        new[] { Repository.Root, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) }
            .Where(place => place.Count(c => c == '/') >= 2).Select(place => place + "/");

    [Fact]
    public void Links_LeadSomewhere() =>
        Findings.None(Documents.SelectMany(path => DocumentRules.Links(path, TryRead)));

    [Fact]
    public void Documents_HaveOneTitle() =>
        Findings.None(Documents.SelectMany(path => DocumentRules.Title(path, Repository.Read(path))));

    [Fact]
    public void Index_LinksToEveryDocument() =>
        Findings.None(DocumentRules.Index(
            "docs/README.md", Repository.Read("docs/README.md"), Repository.Under("docs/", ".md")));

    [Fact]
    public void Changelog_KeepsItsShape() => Findings.None(DocumentRules.Changelog(Repository.Read("CHANGELOG.md")));

    [Fact]
    public void Decisions_AreNumberedAndComplete() =>
        Findings.None(DocumentRules.Decisions(
            [.. Repository.Under("docs/decisions/", ".md").Select(path => (path, Repository.Read(path)))]));

    [Theory]
    [InlineData("SPECIFICATION.md")]
    [InlineData("docs/threat-model.md")]
    public void Documents_NameTestsThatExist(string path)
    {
        string text = Repository.Read(path);
        Assert.Contains(".Tests`: ", text, StringComparison.Ordinal);
        Findings.None(DocumentRules.NamedTests(path, text, Repository.Files));
    }

    [Fact]
    public void Files_NameNoMachine() =>
        Findings.None(TextFiles.SelectMany(path => DocumentRules.MachinePaths(path, Repository.Read(path), Places)));

    [Theory]
    [InlineData("[a](b.md)", false)]
    [InlineData("[a](b.md#part-two-x)", false)]
    [InlineData("[a](#here)\n# Here", false)]
    [InlineData("[a](https://example.org/none)", false)]
    [InlineData("`[a](none.md)`\n```\n[a](none.md)\n```", false)]
    [InlineData("[a](none.md)", true)]
    [InlineData("[a](b.md#part-three)", true)]
    [InlineData("[a](#nowhere)", true)]
    [InlineData("[a](../../b.md)", true)]
    public void Links_Sample(string text, bool wrong) =>
        Expect(DocumentRules.Links("docs/a.md", path => path switch
        {
            "docs/a.md" => text,
            "docs/b.md" => "# B\n## Part two: `x`\n",
            _ => null,
        }), wrong);

    [Theory]
    [InlineData("# A\n## B\n", false)]
    [InlineData("# A\n```\n# comment\n```\n", false)]
    [InlineData("# A\n# B\n", true)]
    [InlineData("text\n# A\n", true)]
    public void Title_Sample(string text, bool wrong) => Expect(DocumentRules.Title("a.md", text), wrong);

    [Theory]
    [InlineData("[b](b.md) [c](d/c.md)", false)]
    [InlineData("[b](b.md)", true)]
    public void Index_Sample(string text, bool wrong) =>
        Expect(DocumentRules.Index("docs/README.md", text, ["docs/README.md", "docs/b.md", "docs/d/c.md"]), wrong);

    [Theory]
    [InlineData("# Changelog\n## [Unreleased]\n### Added\n- a\n", false)]
    [InlineData("# Changelog\n## [Unreleased]\n## [0.2.0] - 2026-01-02\n## [0.1.0] - 2026-01-01\n", false)]
    [InlineData("# Changes\n## [Unreleased]\n", true)]
    [InlineData("# Changelog\n## [0.1.0] - 2026-01-01\n", true)]
    [InlineData("# Changelog\n## [Unreleased]\n## [0.1.0]\n", true)]
    [InlineData("# Changelog\n## [Unreleased]\n## [0.1.0] - 2026-01-01\n## [0.2.0] - 2026-01-02\n", true)]
    [InlineData("# Changelog\n## [Unreleased]\n### News\n- a\n", true)]
    [InlineData("# Changelog\n## [Unreleased]\n### Added\n", true)]
    public void Changelog_Sample(string text, bool wrong) => Expect(DocumentRules.Changelog(text), wrong);

    [Theory]
    [InlineData("0001-x.md", GoodDecision, false)]
    [InlineData("0002-x.md", GoodDecision, true)]
    [InlineData("x.md", GoodDecision, true)]
    [InlineData("0001-x.md", "# 1. X\n## Context\na\n", true)]
    [InlineData("0001-x.md", "# 2. X\n", true)]
    public void Decisions_Sample(string name, string text, bool wrong) =>
        Expect(DocumentRules.Decisions([("docs/decisions/" + name, text)]), wrong);

    [Theory]
    [InlineData("| `Denali.A.Tests`: BTests, CTests |", false)]
    [InlineData("| `Denali.A.Tests`: DTests |", true)]
    [InlineData("| `Denali.A.Tests`: BTests, DTests |", true)]
    [InlineData("| `Denali.E.Tests`: BTests |", true)]
    public void NamedTests_Sample(string text, bool wrong) =>
        Expect(
            DocumentRules.NamedTests(
                "a.md", text, ["tests/Denali.A.Tests/BTests.cs", "tests/Denali.A.Tests/Inner/CTests.cs"]),
            wrong);

    [Theory]
    [InlineData("see /usr/include/linux/kvm.h", false)]
    [InlineData("https://example.org/home/x", false)]
    [InlineData("see /ho\u006de/somebody/denali", true)]
    [InlineData("see /place/of/work/denali", true)]
    public void MachinePaths_Sample(string text, bool wrong) =>
        Expect(DocumentRules.MachinePaths("a.md", text, ["/place/of/work/"]), wrong);

    private static string? TryRead(string path)
    {
        string full = Path.Combine(Repository.Root, path);
        return File.Exists(full) ? File.ReadAllText(full) : Directory.Exists(full) ? "" : null;
    }

    private static void Expect(IEnumerable<string> findings, bool wrong) => Assert.Equal(wrong, findings.Any());
}
