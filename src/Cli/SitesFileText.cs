// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Control;
using Denali.Control.Sites;

namespace Denali.Cli;

/// <summary>A sites file as it was when it was read.</summary>
/// <param name="Text">What is in it.</param>
/// <param name="Sites">The sites that it lists.</param>
internal sealed record SitesFileText(string Text, IReadOnlyList<SiteDefinition> Sites)
{
    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="commandLine">Sites that are not the file's affair.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ControlException">Something is wrong with it.</exception>
    internal static SitesFileText Read(string path, IReadOnlyList<SiteDefinition> commandLine)
    {
        string text = SitesFile.Read(path);
        return new SitesFileText(text, SitesFileWatch.Parse(text, path, commandLine));
    }
}
