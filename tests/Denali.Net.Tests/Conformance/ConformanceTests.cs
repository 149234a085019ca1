// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Net.Tests.Conformance;

/// <summary>The scripts in Scripts: what RFCs say of TCP, segment by segment.</summary>
public sealed class ConformanceTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Conformance", "Scripts");

    /// <summary>Names of all scripts.</summary>
    public static TheoryData<string> Scripts() =>
        [.. Directory.GetFiles(s_folder, "*.pkt").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_AgainstTheStack_GoesAsWritten(string name) =>
        ScriptRunner.Run(File.ReadAllText(Path.Combine(s_folder, name)));

    [Fact]
    public void Scripts_AreManyAndSayWhatTheyAreAbout()
    {
        string[] paths = Directory.GetFiles(s_folder, "*.pkt");
        Assert.True(paths.Length >= 100, $"only {paths.Length} scripts");
        Assert.All(paths, path => Assert.StartsWith("# RFC ", File.ReadAllText(path), StringComparison.Ordinal));
    }

    [Fact]
    public void Table_InTheDocuments_NamesEveryScript()
    {
        string table = File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Conformance", "network-conformance.md"));
        Assert.All(
            Directory.GetFiles(s_folder, "*.pkt"),
            path => Assert.Contains($"| `{Path.GetFileName(path)}` |", table, StringComparison.Ordinal));
    }
}
