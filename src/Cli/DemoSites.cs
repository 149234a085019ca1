// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Denali.Control.Sites;

namespace Denali.Cli;

/// <summary>The sites that come with the command.</summary>
internal static class DemoSites
{
    /// <summary>Folder beside the command whose folders are the demo sites.</summary>
    private const string Folder = "sites";

    private const string Small = "hello";

    private static string Root => Path.Combine(AppContext.BaseDirectory, Folder);

    /// <summary>All of them.</summary>
    /// <exception cref="UsageException">They are not there.</exception>
    internal static SiteDefinition[] All() => Directory.Exists(Root)
        ? [.. Directory.GetDirectories(Root).Order(StringComparer.Ordinal).Select(
            directory => SiteDefinition.Create(Path.GetFileName(directory), directory, Root))]
        : throw new UsageException($"there are no demo sites in {Root}: name a site with --site NAME=DIR");

    /// <summary>The directory of a site with one small page.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    internal static string SmallOne() => Directory.Exists(Path.Combine(Root, Small))
        ? Path.Combine(Root, Small)
        : throw new UsageException($"there is no demo site in {Root}: name a directory with --dir");
}
