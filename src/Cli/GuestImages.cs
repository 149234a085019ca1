// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Denali.Images;

namespace Denali.Cli;

/// <summary>Finds and reads images: by path, or by the name of a guest that the project builds.</summary>
internal static class GuestImages
{
    /// <summary>Environment variable that names the folder of built guests.</summary>
    internal const string FolderVariable = "DENALI_GUESTS";

    private const string Extension = ".denali";

    // A file that is no image by its size alone is not read into memory.
    private const long FileMaxBytes = 1L << 30;

    /// <summary>Finds, reads and checks an image.</summary>
    /// <param name="nameOrPath">A path, or a guest's name.</param>
    /// <returns>The image and its path.</returns>
    /// <exception cref="UsageException">There is none, or it is refused.</exception>
    internal static (DenaliImage Image, string Path) Load(string nameOrPath)
    {
        string path = Find(nameOrPath);
        byte[] file;
        try
        {
            var information = new FileInfo(path);
            if (information.Length > FileMaxBytes)
            {
                throw new UsageException($"{path}: larger than any image may be; name a .denali file");
            }

            if (information.Length == 0)
            {
                // A device or a pipe: reading it may never end.
                throw new UsageException($"{path}: empty, or not a regular file; name a .denali file");
            }

            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: cannot be read ({e.Message}); check the path and its permissions");
        }

        return DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error)
            ? (image, path)
            : throw new UsageException($"{path}: {error.Message}");
    }

    private static string Find(string nameOrPath)
    {
        if (File.Exists(nameOrPath))
        {
            return nameOrPath;
        }

        if (Directory.Exists(nameOrPath))
        {
            throw new UsageException($"{nameOrPath}: a directory; name the .denali file in it");
        }

        string folder = Folder();
        bool isName = !nameOrPath.Contains('/', StringComparison.Ordinal);
        string candidate = Path.Combine(folder, nameOrPath + Extension);
        if (isName && File.Exists(candidate))
        {
            return candidate;
        }

        string known = isName && Directory.Exists(folder)
            ? string.Join(", ", Directory.GetFiles(folder, "*" + Extension)
                .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal))
            : string.Empty;
        throw new UsageException(known.Length == 0
            ? $"there is no image {nameOrPath}: name a .denali file"
            : $"there is no image {nameOrPath}: name a .denali file, or one of these guests: {known}");
    }

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
        {
            return folder;
        }

        // The build puts guests into artifacts/guests, and this program somewhere below artifacts.
        for (DirectoryInfo? parent = new(AppContext.BaseDirectory); parent is not null; parent = parent.Parent)
        {
            string guests = Path.Combine(parent.FullName, "guests");
            if (Directory.Exists(guests))
            {
                return guests;
            }
        }

        return "guests";
    }
}
