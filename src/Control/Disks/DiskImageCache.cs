// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Hashing;
using System.Linq;
using System.Text;
using System.Threading;

namespace Denali.Control.Disks;

/// <summary>A folder of disk images of directories: one for each state of a directory that somebody asked for, until it
/// is not needed any more.</summary>
/// <remarks>
/// One thread at a time. Several processes may share the folder: an image is put there whole, and one that is taken
/// away stays readable for those who have it open.
/// </remarks>
public sealed class DiskImageCache
{
    private const string Extension = ".img";

    private readonly string _folder;

    /// <summary>Uses a folder.</summary>
    /// <param name="folder">Its path; it is made if it is not there.</param>
    /// <exception cref="ControlException">It cannot be made.</exception>
    public DiskImageCache(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _folder = Make(folder);
    }

    /// <summary>Finds the image of a directory, or makes it.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="fingerprint">What lies in it, see <see cref="DirectoryFingerprint"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Path of the image.</returns>
    /// <exception cref="ControlException">It cannot be made.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    internal string Get(string directory, UInt128 fingerprint, CancellationToken cancellation)
    {
        string name = PrefixOf(directory) + fingerprint.ToString("x32", CultureInfo.InvariantCulture) + Extension;
        string path = Path.Combine(_folder, name);
        if (!File.Exists(path))
        {
            // Somebody may have removed the folder.
            _ = Make(_folder);
            _ = DiskImageBuilder.Build(directory, path, 0, cancellation);
        }

        return path;
    }

    /// <summary>Removes images that are not needed. What cannot be removed stays.</summary>
    /// <param name="images">Full paths of those that are.</param>
    /// <param name="directories">Directories of which all are.</param>
    /// <param name="isAll">Whether the others are of no use to anybody; else only those are removed that are of the
    /// same directory as one that is needed.</param>
    internal void RemoveBut(IEnumerable<string> images, IEnumerable<string> directories, bool isAll)
    {
        HashSet<string> needed = [.. images];
        HashSet<string> kept = [.. directories.Select(PrefixOf)];
        HashSet<string> replaced = [.. needed.Select(path => PrefixIn(Path.GetFileName(path)))];
        try
        {
            foreach (string path in Directory.GetFiles(_folder, "*" + Extension))
            {
                string name = Path.GetFileName(path);
                if (FileForms.Image().IsMatch(name)
                    && !needed.Contains(path)
                    && !kept.Contains(PrefixIn(name))
                    && (isAll || replaced.Contains(PrefixIn(name))))
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It takes room, and nothing else; the next removal tries again.
        }
    }

    private static string Make(string folder)
    {
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"the folder for disk images '{folder}' cannot be made ({e.Message}): name another state folder with "
                + "--state, or set XDG_CACHE_HOME if nothing is kept",
                e);
        }
    }

    private static string PrefixOf(string directory)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        ulong place = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(full));
        return place.ToString("x16", CultureInfo.InvariantCulture) + "-";
    }

    private static string PrefixIn(string name) => name[..(name.IndexOf('-', StringComparison.Ordinal) + 1)];
}
