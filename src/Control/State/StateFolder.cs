// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text.RegularExpressions;

namespace Denali.Control.State;

/// <summary>
/// The folder in which a kernel keeps what is to be there again after a restart: the catalogue, the swap file,
/// templates. One process at a time has it.
/// </summary>
public sealed class StateFolder : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileLock _lock;

    private StateFolder(string path, FileLock held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>The file of the catalogue.</summary>
    public string CataloguePath => System.IO.Path.Combine(Path, "catalogue.db");

    /// <summary>The swap file.</summary>
    public string SwapPath => System.IO.Path.Combine(Path, "swap");

    /// <summary>The folder of disk images: not the cache's, because VMs that are resumed need theirs again.</summary>
    public string ImagesPath => System.IO.Path.Combine(Path, "images");

    /// <summary>The folder of templates.</summary>
    public string TemplatesPath => System.IO.Path.Combine(Path, "templates");

    /// <summary>The folder of what clones began from.</summary>
    public string ClonesPath => System.IO.Path.Combine(Path, "clones");

    /// <summary>Takes a folder for this process.</summary>
    /// <param name="path">The folder; it is made if it is not there, for this user alone.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="ControlException">Another process has it, or it cannot be made.</exception>
    public static StateFolder Take(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            _ = Directory.CreateDirectory(full, Mode);
            FileLock held = FileLock.TryTake(System.IO.Path.Combine(full, "lock")) ?? throw new ControlException(
                $"another kernel uses the state folder '{full}': end it, name another folder with --state, or keep "
                + "nothing with --no-state");
            var folder = new StateFolder(full, held);
            RemoveLeftovers(folder.ImagesPath, FileForms.UnfinishedImage());
            RemoveLeftovers(folder.TemplatesPath, FileForms.UnfinishedTemplate());
            RemoveLeftovers(folder.ClonesPath, FileForms.UnfinishedClone());
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"the state folder '{full}' cannot be used ({e.Message}): name another with --state, or keep nothing "
                + "with --no-state",
                e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    // A file gets its name when it is whole. What is still unfinished was being written when a process was killed.
    private static void RemoveLeftovers(string folder, Regex unfinished)
    {
        if (Directory.Exists(folder))
        {
            foreach (string path in Directory.GetFiles(folder))
            {
                if (unfinished.IsMatch(System.IO.Path.GetFileName(path)))
                {
                    File.Delete(path);
                }
            }
        }
    }
}
