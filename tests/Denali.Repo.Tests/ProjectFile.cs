// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace Denali.Repo.Tests;

/// <summary>What a project file says that the rules are about.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="Projects">Names of the projects that it references.</param>
/// <param name="Packages">Names of the packages that it references.</param>
/// <param name="AllowsUnsafe">Whether it turns unsafe code on.</param>
internal sealed record ProjectFile(
    string Name, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages, bool AllowsUnsafe)
{
    /// <summary>Reads a project file, or another file of the build.</summary>
    /// <param name="path">Its path, for the name.</param>
    /// <param name="text">Its text.</param>
    /// <returns>What it says.</returns>
    public static ProjectFile Parse(string path, string text)
    {
        XDocument document = XDocument.Parse(text);
        return new ProjectFile(
            Path.GetFileNameWithoutExtension(path),
            [.. Includes(document, "ProjectReference").Select(include => Path.GetFileNameWithoutExtension(include))],
            [.. Includes(document, "PackageReference"), .. Includes(document, "PackageDownload")],
            document.Descendants("AllowUnsafeBlocks").Any(element => element.Value.Trim() == "true"));
    }

    private static IEnumerable<string> Includes(XDocument document, string item) =>
        document.Descendants(item).Select(element => ((string?)element.Attribute("Include") ?? "").Replace('\\', '/'));
}
