// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Denali.Control.Sites;

/// <summary>
/// A file that lists sites: a line for each, "NAME=DIR" or "NAME DIR". What follows # at the start of a line or after
/// white space is a comment; empty lines count for nothing. Relative directories begin at the file's own. The sites
/// below a line "[NAME SIZE]" are a group, whose VMs have so much memory together; "[]" ends it.
/// </summary>
public static class SitesFile
{
    // A file that is longer is no list of sites.
    private const long BytesMax = 4 << 20;

    /// <summary>Reads the file's text.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All of it.</returns>
    /// <exception cref="ControlException">It cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            var information = new FileInfo(path);
            if (!information.Exists)
            {
                throw new ControlException(Directory.Exists(path)
                    ? $"{path}: a directory; name a file with a line NAME=DIR for each site"
                    : $"there is no sites file '{path}': name one that exists");
            }

            return information.Length <= BytesMax
                ? File.ReadAllText(path)
                : throw new ControlException($"{path}: too large for a list of sites; name another file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException($"{path}: cannot be read ({e.Message}); check its permissions", e);
        }
    }

    /// <summary>Understands the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The file that it comes from, for messages and relative directories.</param>
    /// <returns>The sites, in the file's order.</returns>
    /// <exception cref="ControlException">Something is wrong with it; the message names the line.</exception>
    public static IReadOnlyList<SiteDefinition> Parse(string text, string path)
    {
        ArgumentNullException.ThrowIfNull(text);
        string basePath = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        List<SiteDefinition> sites = [];
        HashSet<string> names = [];
        var groups = new Dictionary<string, SiteGroup>();
        SiteGroup? group = null;
        int number = 0;
        foreach (string whole in text.Split('\n'))
        {
            number++;
            string line = RemoveComment(whole).Trim();
            if (line.Length == 0)
            {
                continue;
            }

            try
            {
                if (line is ['[', .. string inside, ']'])
                {
                    group = ParseGroup(inside.Trim(), groups);
                    continue;
                }

                SiteDefinition site = ParseLine(line, basePath) with { Group = group };
                sites.Add(names.Add(site.Name)
                    ? site
                    : throw new ControlException($"the name '{site.Name}' is taken above: choose another"));
            }
            catch (ControlException e)
            {
                throw new ControlException(
                    string.Create(CultureInfo.InvariantCulture, $"{path}, line {number}: {e.Message}"), e);
            }
        }

        return sites;
    }

    private static SiteGroup? ParseGroup(string text, Dictionary<string, SiteGroup> groups)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var group = SiteGroup.Parse(text);
        return groups.TryAdd(group.Name, group)
            ? group
            : throw new ControlException($"the group '{group.Name}' is above: put its sites together");
    }

    private static SiteDefinition ParseLine(string line, string basePath)
    {
        int end = line.AsSpan().IndexOfAny('=', ' ', '\t');
        return end > 0
            ? SiteDefinition.Create(line[..end], line[end..].TrimStart().TrimStart('=').TrimStart(), basePath)
            : throw new ControlException($"'{line}' is not a site: write NAME=DIR");
    }

    // A directory's name may have a # in it, so only one after white space begins a comment.
    private static string RemoveComment(string line)
    {
        for (int at = line.IndexOf('#', StringComparison.Ordinal); at >= 0; at = line.IndexOf('#', at + 1))
        {
            if (at == 0 || char.IsWhiteSpace(line[at - 1]))
            {
                return line[..at];
            }
        }

        return line;
    }
}
