// SPDX-License-Identifier: MIT
using System;
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
    /// <param name="takenBy">Tells who has a name that the file may not use, or null.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ControlException">Something is wrong with it.</exception>
    internal static SitesFileText Read(string path, Func<string, string?> takenBy)
    {
        string text = SitesFile.Read(path);
        return new SitesFileText(text, SitesFileWatch.Parse(text, path, takenBy));
    }
}
