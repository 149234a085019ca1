// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Repo.Tests;

/// <summary>A folder that lives as long as a test. Its name has a space, which scripts must bear.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("denali-");

    public TemporaryFolder() => Root = _parent.CreateSubdirectory("a place").FullName;

    /// <summary>Its full path.</summary>
    public string Root { get; }

    public string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>Writes a file and makes the folders that it needs.</summary>
    /// <param name="path">Path in this folder.</param>
    /// <param name="text">Its text.</param>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>Writes a file that can be started.</summary>
    /// <param name="path">Path in this folder.</param>
    /// <param name="text">A script.</param>
    public void WriteScript(string path, string text)
    {
        Write(path, text);
        File.SetUnixFileMode(PathOf(path), (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
