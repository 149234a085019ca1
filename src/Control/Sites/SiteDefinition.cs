// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Control.Disks;

namespace Denali.Control.Sites;

/// <summary>What a site is made of.</summary>
/// <param name="Name">Its name, normalized; see <see cref="SiteName"/>.</param>
/// <param name="Directory">Full path of the directory that it serves.</param>
public sealed record SiteDefinition(string Name, string Directory)
{
    /// <summary>Checks a name and a directory.</summary>
    /// <param name="name">The name.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="basePath">Where a relative path begins.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ControlException">The name is no host name, or the directory cannot be read.</exception>
    public static SiteDefinition Create(string name, string directory, string basePath)
    {
        ArgumentNullException.ThrowIfNull(name);
        string normalized = SiteName.Normalize(name);
        if (!SiteName.IsValid(normalized))
        {
            throw new ControlException(
                $"'{name}' is not a host name: use letters, digits and hyphens, with dots between the parts");
        }

        if (string.IsNullOrEmpty(directory))
        {
            throw new ControlException($"the site '{name}' has no directory: write {name}=DIR");
        }

        string path = Path.GetFullPath(directory, basePath);
        DiskImageBuilder.CheckDirectory(path);
        return new SiteDefinition(normalized, path);
    }
}
