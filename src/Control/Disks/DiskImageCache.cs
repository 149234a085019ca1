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

/// <summary>A folder of disk images of directories: one of each, made again when that has changed.</summary>
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
        try
        {
            _folder = Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"the folder for disk images '{folder}' cannot be made ({e.Message}): name another state folder with "
                + "--state, or set XDG_CACHE_HOME if nothing is kept",
                e);
        }
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
        string prefix = PrefixOf(directory);
        string name = prefix + fingerprint.ToString("x32", CultureInfo.InvariantCulture) + Extension;
        string path = Path.Combine(_folder, name);
        if (!File.Exists(path))
        {
            _ = DiskImageBuilder.Build(directory, path, 0, cancellation);
        }

        RemoveOthers(prefix, name);
        return path;
    }

    /// <summary>Removes the images of all directories but some. What cannot be removed stays.</summary>
    /// <param name="directories">Those whose images are needed.</param>
    /// <param name="images">Full paths of images that are needed besides.</param>
    internal void RemoveBut(IEnumerable<string> directories, IEnumerable<string> images)
    {
        HashSet<string> needed = [.. directories.Select(PrefixOf)];
        HashSet<string> kept = [.. images];
        try
        {
            foreach (string path in Directory.GetFiles(_folder, "*" + Extension))
            {
                string name = Path.GetFileName(path);
                if (FileForms.Image().IsMatch(name)
                    && !kept.Contains(path)
                    && !needed.Contains(name[..(name.IndexOf('-', StringComparison.Ordinal) + 1)]))
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

    private static string PrefixOf(string directory)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        ulong place = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(full));
        return place.ToString("x16", CultureInfo.InvariantCulture) + "-";
    }

    private void RemoveOthers(string prefix, string name)
    {
        foreach (string path in Directory.GetFiles(_folder, prefix + "*" + Extension))
        {
            string other = Path.GetFileName(path);
            if (other != name && FileForms.Image().IsMatch(other))
            {
                File.Delete(path);
            }
        }
    }
}
