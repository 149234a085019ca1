// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Denali.Repo.Tests;

/// <summary>The repository that this test was built in.</summary>
internal static class Repository
{
    private static readonly string[] s_hiddenNames =
        [".ci", ".github", ".editorconfig", ".gitattributes", ".gitignore"];

    /// <summary>Its root folder, without a slash at the end.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file that belongs to the project, as paths from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Walk(Root).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    /// <summary>Files whose path from the root starts and ends so.</summary>
    /// <param name="prefix">How it starts.</param>
    /// <param name="suffix">How it ends.</param>
    /// <returns>Paths from the root.</returns>
    public static IEnumerable<string> Under(string prefix, string suffix) =>
        Files.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)
            && path.EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>The text of a file.</summary>
    /// <param name="path">Path from the root.</param>
    /// <returns>All of it.</returns>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder))
        {
            string name = Path.GetFileName(path);
            if ((name.StartsWith('.') && !s_hiddenNames.Contains(name)) || (folder == Root && name == "artifacts"))
            {
                continue;
            }

            if (!Directory.Exists(path))
            {
                yield return path;
                continue;
            }

            foreach (string inner in Walk(path))
            {
                yield return inner;
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Denali.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Denali.slnx.");
    }
}
