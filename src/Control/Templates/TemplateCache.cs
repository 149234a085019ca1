// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Hashing;
using System.Linq;
using System.Text;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;

namespace Denali.Control.Templates;

/// <summary>A folder of templates: an image is booted once for each configuration, and not again by the next
/// process.</summary>
/// <remarks>
/// Any thread, and several processes at once: the first that has booted an image keeps it, and the others take that, so
/// that all have the same, with the same key. A file that does not do any more is replaced. Without the folder
/// everything works, and takes the time of a boot.
/// </remarks>
public sealed class TemplateCache
{
    private const string Extension = ".template";

    // Some images with some configurations each; a template of the web guest is less than 2 MiB.
    private const int FileMax = 16;

    // What a process that was killed left behind is older than anybody takes to write a file.
    private static readonly TimeSpan s_leftover = TimeSpan.FromHours(1);

    // A guest that is not ready by then is not going to be.
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <summary>Uses a folder.</summary>
    /// <param name="folder">Its path; it is made when the first template is kept.</param>
    /// <param name="time">The clock by which old files go, or null for the system's.</param>
    public TemplateCache(string folder, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _folder = folder;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Finds the template of a guest on the virtual LAN, or boots it. Takes up to some seconds.</summary>
    /// <param name="kernel">The kernel that it is for.</param>
    /// <param name="image">The guest.</param>
    /// <param name="memoryBytes">Memory size in bytes, or 0 for what the image asks for.</param>
    /// <param name="arguments">Boot arguments.</param>
    /// <returns>The template, and whether it came from the folder; the caller disposes it.</returns>
    /// <exception cref="ControlException">The guest cannot be booted.</exception>
    public (LoadedImage Template, bool IsFromFile) Get(
        IsolationKernel kernel, DenaliImage image, ulong memoryBytes, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(arguments);
        ulong bytes = memoryBytes == 0 ? image.PreferredMemoryBytes : memoryBytes;
        string path = Path.Combine(_folder, NameOf(image, bytes, arguments) + Extension);
        try
        {
            if (TryLoad(kernel, image, bytes, arguments, path) is { } kept)
            {
                return (kept, true);
            }

            LoadedImage booted = Boot(kernel, image, memoryBytes, arguments);
            if (TryKeep(kernel, booted, path) || TryLoad(kernel, image, bytes, arguments, path) is not { } other)
            {
                return (booted, false);
            }

            booted.Dispose();
            return (other, true);
        }
        catch (Exception e) when (e is KernelException or EngineException)
        {
            throw new ControlException(e.Message, e);
        }
    }

    /// <summary>Boots a guest on the virtual LAN to a template, and keeps it nowhere.</summary>
    /// <param name="kernel">The kernel that it is for.</param>
    /// <param name="image">The guest.</param>
    /// <param name="memoryBytes">Memory size in bytes, or 0 for what the image asks for.</param>
    /// <param name="arguments">Boot arguments.</param>
    /// <returns>The template; the caller disposes it.</returns>
    /// <exception cref="KernelException">The guest cannot be booted.</exception>
    /// <exception cref="EngineException">The host has no memory left.</exception>
    public static LoadedImage Boot(
        IsolationKernel kernel, DenaliImage image, ulong memoryBytes, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        using LoadedImage loaded = kernel.Load(image, memoryBytes);
        using var limit = new CancellationTokenSource(s_bootLimit);
        var options = new MachineOptions
        {
            Image = loaded,
            Observer = new NoObserver(),
            Arguments = arguments,
            Network = new NetworkOptions(),
        };
        return kernel.CreateTemplateAsync(options, limit.Token).GetAwaiter().GetResult();
    }

    private static string NameOf(DenaliImage image, ulong memoryBytes, IReadOnlyList<string> arguments)
    {
        string configuration = string.Create(
            CultureInfo.InvariantCulture,
            $"{RegisterPage.CurrentVersion} {memoryBytes} {string.Join('\0', arguments)}");
        ulong hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(configuration));
        return Convert.ToHexStringLower(image.Identity[..8]) + "-" + hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private LoadedImage? TryLoad(
        IsolationKernel kernel, DenaliImage image, ulong memoryBytes, IReadOnlyList<string> arguments, string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            LoadedImage template = kernel.LoadTemplate(image, path);
            if (template.Layout.MemoryBytes == memoryBytes && template.BootArguments.SequenceEqual(arguments))
            {
                Try(() => File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime));
                return template;
            }

            template.Dispose();
        }
        catch (KernelException)
        {
            // Damaged or stale.
        }

        // At once, before anybody has booted another.
        Try(() => File.Delete(path));
        return null;
    }

    /// <returns>False if another process was faster.</returns>
    private bool TryKeep(IsolationKernel kernel, LoadedImage template, string path)
    {
        string temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}";
        try
        {
            _ = Directory.CreateDirectory(_folder);
            kernel.SaveTemplate(template, temporary);
            File.Move(temporary, path, overwrite: false);
            RemoveOld();
            return true;
        }
        catch (Exception e) when (e is KernelException or IOException or UnauthorizedAccessException)
        {
            // If nobody was faster, the template is good all the same; the next process boots its own.
            Try(() => File.Delete(temporary));
            return !File.Exists(path);
        }
    }

    private void RemoveOld()
    {
        FileInfo[] files = new DirectoryInfo(_folder).GetFiles();
        IEnumerable<FileInfo> old = files.Where(file => FileForms.Template().IsMatch(file.Name))
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .Skip(FileMax);
        DateTime past = (_time.GetUtcNow() - s_leftover).UtcDateTime;
        IEnumerable<FileInfo> leftovers = files.Where(
            file => FileForms.UnfinishedTemplate().IsMatch(file.Name) && file.LastWriteTimeUtc < past);
        foreach (FileInfo file in old.Concat(leftovers))
        {
            file.Delete();
        }
    }

    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder may be somebody else's, or gone; nothing depends on it.
        }
    }

    private sealed class NoObserver : IMachineObserver
    {
        int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

        void IMachineObserver.OnEnded(MachineExit exit)
        {
        }
    }
}
