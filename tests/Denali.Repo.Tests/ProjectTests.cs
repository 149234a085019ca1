// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>Dependencies point down only, packages stay few, and every project is built and locked.</summary>
public sealed partial class ProjectTests
{
    private static readonly string[] s_buildPackages = ["Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    private static IEnumerable<string> HostProjects =>
        Repository.Under("", ".csproj").Where(path => !path.StartsWith("guest/", StringComparison.Ordinal)
            && !path.StartsWith("tests/Guests/", StringComparison.Ordinal));

    [Fact]
    public void Projects_ReferenceOnlyWhatTheirLayerMay() =>
        Findings.None(HostProjects.SelectMany(path => Layers.Check(ProjectFile.Parse(path, Repository.Read(path)))));

    [Fact]
    public void BuildFiles_AddNothingToProjects() =>
        Findings.None(Repository.Files
            .Where(path => Path.GetFileName(path) is "Directory.Build.props" or "Directory.Build.targets"
                && !path.Contains("guest", StringComparison.OrdinalIgnoreCase))
            .Select(path => ProjectFile.Parse(path, Repository.Read(path)))
            .SelectMany(file => file.Projects.Concat(file.Packages).Except(s_buildPackages)
                .Select(name => $"{file.Name} must not reference {name} for everybody")));

    [Fact]
    public void Table_IsTheOneInTheArchitecture() =>
        Assert.Equal(
            Layers.Table.Select(row => Row(row.Key, Names(row.Value.Projects), Names(row.Value.Packages))),
            MarkdownText.Tables(Repository.Read("ARCHITECTURE.md"))
                .Single(table => table.Header is ["Project", "May reference", "Packages", ..])
                .Rows.Select(cells => Row(cells[0], cells[1], cells[2])));

    [Fact]
    public void Solution_ListsEveryHostProject() =>
        Assert.Equal(
            HostProjects.Order(StringComparer.Ordinal),
            XDocument.Parse(Repository.Read("Denali.slnx")).Descendants("Project")
                .Select(project => (string?)project.Attribute("Path")).Order(StringComparer.Ordinal));

    [Fact]
    public void GuestProjects_LieWhereTheBuildFindsThem() =>
        Findings.None(Repository.Under("", ".csproj").Except(HostProjects)
            .Where(path => !GuestFolder().IsMatch(path))
            .Select(path => $"{path} is in no folder that guest/Guests.proj builds"));

    [Fact]
    public void Projects_LockTheirPackages() =>
        Findings.None(HostProjects.Select(path => $"{Path.GetDirectoryName(path)}/packages.lock.json")
            .Except(Repository.Files).Select(path => $"{path} is missing"));

    [Fact]
    public void BannedSymbols_ReachEveryHostProject()
    {
        string props = Repository.Read("Directory.Build.props");
        Assert.Contains("eng/BannedSymbols.txt", props, StringComparison.Ordinal);
        Assert.Contains("eng/BannedSymbols.Console.txt", props, StringComparison.Ordinal);
        Assert.All(
            ["DateTime.Now", "DateTime.UtcNow", "Environment.TickCount", "Thread.Sleep", "Task.Run", "Random.#ctor",
                "Marshal.AllocHGlobal"],
            name => Assert.Contains(name, Repository.Read("eng/BannedSymbols.txt"), StringComparison.Ordinal));
        Assert.Contains(
            "T:System.Console;", Repository.Read("eng/BannedSymbols.Console.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Denali.Kvm", "<ProjectReference Include=\"../Linux/Denali.Linux.csproj\" />", false)]
    [InlineData("Denali.Kvm", "<ProjectReference Include=\"..\\Kernel\\Denali.Kernel.csproj\" />", true)]
    [InlineData("Denali.Hardware", "<ProjectReference Include=\"../Linux/Denali.Linux.csproj\" />", true)]
    [InlineData("Denali.Kernel", "<PackageReference Include=\"Iced\" />", true)]
    [InlineData("Denali.Diagnostics", "<PackageReference Include=\"Iced\" />", false)]
    [InlineData("Denali.X.Tests", "<PackageReference Include=\"CsCheck\" />", false)]
    [InlineData("Denali.X.Tests", "<PackageReference Include=\"Moq\" />", true)]
    [InlineData("Denali.Images", "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", true)]
    [InlineData("Denali.Linux", "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", false)]
    [InlineData("Denali.Unheard", "", true)]
    public void Layers_Sample(string name, string content, bool wrong) =>
        Assert.Equal(wrong, Layers.Check(ProjectFile.Parse(name + ".csproj", $"<Project>{content}</Project>")).Any());

    private static string Row(params string[] cells) =>
        string.Join(" | ", cells).Replace("`", "", StringComparison.Ordinal);

    private static string Names(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);

    [GeneratedRegex(
        @"^(guest/Apps/\w+|tests/Guests/\w+|guest/(CoreLib|Ilwaco|Checker|Checker\.Cases))/[\w.]+\.csproj$")]
    private static partial Regex GuestFolder();
}
