// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Denali.Images;
using Denali.Kernel;

namespace Denali.Control.Templates;

/// <summary>
/// What clones began from, in files: a later kernel needs it to go on with a clone, of whose memory only the difference
/// is saved. A file has the number of the one VM that was made of it, and goes with that.
/// </summary>
/// <remarks><see cref="Save"/> and <see cref="Discard"/> on any thread, the others one thread at a time.</remarks>
internal sealed class CloneTemplates(IsolationKernel kernel, string folder)
{
    private const string Extension = ".template";

    private readonly HashSet<ulong> _machines = [];

    /// <summary>Writes a template, of which no VM has been made yet.</summary>
    /// <returns>The file, for <see cref="Adopt"/> or <see cref="Discard"/>.</returns>
    /// <exception cref="ControlException">It cannot be written.</exception>
    internal string Save(LoadedImage template)
    {
        // Not named as those that belong to a VM: what a process that was killed left is told from them.
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}.new");
        try
        {
            _ = Directory.CreateDirectory(folder);
            kernel.SaveTemplate(template, path);
            return path;
        }
        catch (Exception e) when (e is KernelException or IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"what the clone begins from cannot be kept in '{folder}' ({e.Message}): see whether its disk has room "
                + "and it can be written to",
                e);
        }
    }

    /// <summary>A VM was made of a template that was written. If the file cannot get the VM's number, the VM starts
    /// anew with the next kernel.</summary>
    internal void Adopt(string path, ulong machineId)
    {
        Try(() => File.Move(path, PathOf(machineId), overwrite: true));
        _ = _machines.Add(machineId);
    }

    /// <summary>No VM was made of a template that was written.</summary>
    internal static void Discard(string path) => Try(() => File.Delete(path));

    /// <summary>Reads what a VM of an earlier kernel began from.</summary>
    /// <param name="image">The guest's image.</param>
    /// <param name="machineId">The VM.</param>
    /// <returns>The template, which the caller disposes; null if the VM began from nothing that is kept, or what is
    /// kept is damaged or of another image.</returns>
    /// <exception cref="KernelException">It cannot be read now.</exception>
    /// <exception cref="Denali.Engine.EngineException">The host has no memory left.</exception>
    internal LoadedImage? Load(DenaliImage image, ulong machineId)
    {
        try
        {
            return _machines.Contains(machineId) ? kernel.LoadTemplate(image, PathOf(machineId)) : null;
        }
        catch (KernelException e) when (e.InnerException is null or FileNotFoundException or EndOfStreamException)
        {
            // It never will be what the VM needs.
            return null;
        }
    }

    /// <summary>A VM is gone.</summary>
    internal void Remove(ulong machineId)
    {
        if (_machines.Remove(machineId))
        {
            Try(() => File.Delete(PathOf(machineId)));
        }
    }

    /// <summary>Finds the files of an earlier kernel.</summary>
    /// <param name="mayResume">Tells whether a VM may be resumed; the files of others are removed.</param>
    /// <exception cref="ControlException">The folder cannot be read.</exception>
    internal void Open(Predicate<ulong> mayResume)
    {
        foreach (string path in FindFiles())
        {
            if (!FileForms.Clone().IsMatch(Path.GetFileName(path)))
            {
                continue;
            }

            ulong id = ulong.Parse(
                Path.GetFileNameWithoutExtension(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (mayResume(id))
            {
                _ = _machines.Add(id);
            }
            else
            {
                Discard(path);
            }
        }
    }

    private string[] FindFiles()
    {
        try
        {
            return Directory.GetFiles(folder, "*" + Extension);
        }
        catch (DirectoryNotFoundException)
        {
            // It is made with the first clone.
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"the folder '{folder}', which holds what clones begin from, cannot be read ({e.Message}): see to its "
                + "disk and permissions, or name another state folder with --state",
                e);
        }
    }

    private string PathOf(ulong machineId) =>
        Path.Combine(folder, machineId.ToString("x16", CultureInfo.InvariantCulture) + Extension);

    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file too many takes room; one too few has its VM start anew. Neither is worth a site.
        }
    }
}
