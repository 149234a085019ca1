// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;

namespace Denali.Control.Api;

/// <summary>
/// The local socket at which a kernel's process takes commands: a file that only its user can reach. Beside it lies the
/// file whose lock the living process holds, so that what a dead one left is told from what a living one uses.
/// </summary>
/// <remarks>Any thread.</remarks>
public sealed class KernelSocket : IDisposable
{
    /// <summary>How the file of a kernel's socket ends.</summary>
    public const string Extension = ".sock";

    /// <summary>Most bytes of a path: what an address of a Unix socket holds (unix(7)), its final 0 left out.</summary>
    public const int PathBytesMax = 107;

    private const string LockExtension = ".lock";
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileLock _lock;

    private KernelSocket(string path, FileLock held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The socket's path.</summary>
    public string Path { get; }

    /// <summary>Takes a path for a socket of this process, and removes what a dead one left there.</summary>
    /// <param name="path">The path. Its folder is made if it is not there, for this user alone.</param>
    /// <returns>The place, which nobody else gets until it is disposed.</returns>
    /// <exception cref="ControlException">A living process has it, or it cannot be made.</exception>
    public static KernelSocket Take(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string full = System.IO.Path.GetFullPath(path);
        if (Encoding.UTF8.GetByteCount(full) > PathBytesMax)
        {
            throw new ControlException(
                $"the path of the local socket '{full}' is longer than {PathBytesMax} bytes: name a shorter one with "
                + "--socket");
        }

        if (!full.EndsWith(Extension, StringComparison.Ordinal))
        {
            // What is stale is removed: it had better be named as a socket.
            throw new ControlException($"'{path}' is not a name for a local socket: let it end with {Extension}");
        }

        try
        {
            string folder = System.IO.Path.GetDirectoryName(full)!;
            _ = Directory.CreateDirectory(folder, FolderMode);
            if (FileLock.TryTake(full + LockExtension) is not { } held)
            {
                throw new ControlException(
                    $"a kernel runs already behind '{full}': end it, or give this one another name with --name");
            }

            try
            {
                RemoveStale(full);
                return new KernelSocket(full, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"the local socket '{full}' cannot be made ({e.Message}): name another path with --socket", e);
        }
    }

    /// <summary>Finds the sockets of kernels that live.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <returns>Their paths, in order.</returns>
    public static IReadOnlyList<string> FindLiving(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*" + Extension).Where(IsLiving).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Removes the socket and gives up the place.</summary>
    public void Dispose()
    {
        File.Delete(Path);
        _lock.Dispose();
    }

    // A socket has no length. Whatever else lies there is its owner's to remove.
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (IsLiving(path))
        {
            throw new ControlException($"another program listens at '{path}': name another path with --socket");
        }

        if (new FileInfo(path).Length > 0)
        {
            throw new ControlException(
                $"'{path}' is there and is no socket: remove it, or name another path with --socket");
        }

        File.Delete(path);
    }

    private static bool IsLiving(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return false;
        }
    }
}
