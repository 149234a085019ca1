// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Repo.Tests;

/// <summary>Which project may reference what. ARCHITECTURE.md shows the same table.</summary>
internal static class Layers
{
    /// <summary>One row.</summary>
    /// <param name="Projects">Projects that it may reference.</param>
    /// <param name="Packages">Packages that it may reference.</param>
    /// <param name="MayBeUnsafe">Whether it may turn unsafe code on.</param>
    public sealed record Row(string[] Projects, string[] Packages, bool MayBeUnsafe = false);

    private static readonly string[] s_everything =
    [
        "Denali.Hardware", "Denali.Net", "Denali.Http", "Denali.Files", "Denali.Linux", "Denali.Engine",
        "Denali.Images", "Denali.Kvm", "Denali.Kernel", "Denali.Control", "Denali.Diagnostics", "denali",
    ];

    /// <summary>The table of the host's projects, lowest first.</summary>
    public static IReadOnlyDictionary<string, Row> Table { get; } = new Dictionary<string, Row>
    {
        ["Denali.Hardware"] = new([], []),
        ["Denali.Net"] = new([], []),
        ["Denali.Http"] = new([], []),
        ["Denali.Files"] = new([], []),
        ["Denali.Linux"] = new([], [], MayBeUnsafe: true),
        ["Denali.Engine"] = new(["Denali.Hardware"], [], MayBeUnsafe: true),
        ["Denali.Images"] = new(["Denali.Hardware"], []),
        ["Denali.Kvm"] = new(["Denali.Engine", "Denali.Hardware", "Denali.Linux"], [], MayBeUnsafe: true),
        ["Denali.Kernel"] =
            new(
                ["Denali.Engine", "Denali.Hardware", "Denali.Images", "Denali.Linux", "Denali.Net"],
                ["K4os.Compression.LZ4", "System.IO.Hashing"],
                MayBeUnsafe: true),
        ["Denali.Diagnostics"] = new(["Denali.Engine", "Denali.Hardware", "Denali.Images"], ["Iced"]),
        ["Denali.Control"] =
            new(
                ["Denali.Diagnostics", "Denali.Engine", "Denali.Kernel", "Denali.Net"],
                ["Yarp.ReverseProxy", "System.IO.Hashing", "Microsoft.Data.Sqlite"]),
        ["denali"] = new(
            [.. s_everything.Where(name => name != "denali")], ["System.CommandLine"]),
        ["Denali.Bench"] = new([.. s_everything], ["System.CommandLine", "Wasmtime"]),
        ["Denali.Dev"] = new([], []),
    };

    /// <summary>What every test project may reference.</summary>
    public static Row Tests { get; } =
        new([.. Table.Keys], ["xunit.v3", "CsCheck", "Iced"], MayBeUnsafe: true);

    /// <summary>Checks one project.</summary>
    /// <param name="project">The project.</param>
    /// <returns>What is wrong.</returns>
    public static IEnumerable<string> Check(ProjectFile project)
    {
        Row? row = project.Name.EndsWith(".Tests", StringComparison.Ordinal)
            ? Tests
            : Table.GetValueOrDefault(project.Name);
        if (row is null)
        {
            return [$"{project.Name} is not in the table of layers"];
        }

        return project.Projects.Except(row.Projects).Select(name => $"{project.Name} must not reference {name}")
            .Concat(project.Packages.Except(row.Packages).Select(name => $"{project.Name} must not take {name}"))
            .Concat(project.AllowsUnsafe && !row.MayBeUnsafe ? [$"{project.Name} must not allow unsafe code"] : []);
    }
}
