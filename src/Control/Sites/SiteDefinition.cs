// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Control.Disks;

namespace Denali.Control.Sites;

/// <summary>What a site is made of.</summary>
/// <param name="Name">Its name, normalized; see <see cref="SiteName"/>.</param>
/// <param name="Source">Full path of the directory that it serves, or of the disk image.</param>
/// <param name="IsImage">Whether that is a disk image.</param>
public sealed record SiteDefinition(string Name, string Source, bool IsImage = false)
{
    /// <summary>The group that it is in, or null. That is the sites file's affair, and written nowhere else.</summary>
    public SiteGroup? Group { get; init; }

    /// <summary>Checks a name and a directory.</summary>
    /// <param name="name">The name.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="basePath">Where a relative path begins.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ControlException">The name is no host name, or the directory cannot be read.</exception>
    public static SiteDefinition Create(string name, string directory, string basePath)
    {
        string normalized = CheckName(name);
        if (string.IsNullOrEmpty(directory))
        {
            throw new ControlException($"the site '{name}' has no directory: write {name}=DIR");
        }

        string path = Path.GetFullPath(directory, basePath);
        DiskImageBuilder.CheckDirectory(path);
        return new SiteDefinition(normalized, path);
    }

    /// <summary>Checks a name and a disk image.</summary>
    /// <param name="name">The name.</param>
    /// <param name="image">The disk image.</param>
    /// <param name="basePath">Where a relative path begins.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="ControlException">The name is no host name, or there is no such file.</exception>
    public static SiteDefinition CreateOfImage(string name, string image, string basePath)
    {
        string normalized = CheckName(name);
        string path = Path.GetFullPath(image, basePath);
        return File.Exists(path)
            ? new SiteDefinition(normalized, path, IsImage: true)
            : throw new ControlException(
                $"there is no disk image '{path}': name a file that denali disk create made");
    }

    /// <summary>Checks a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Its normalized form.</returns>
    /// <exception cref="ControlException">It is no host name.</exception>
    internal static string CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string normalized = SiteName.Normalize(name);
        if (!SiteName.IsValid(normalized))
        {
            throw new ControlException(
                $"'{name}' is not a host name: use letters, digits and hyphens, with dots between the parts");
        }

        return normalized;
    }
}
