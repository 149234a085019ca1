// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using Xunit;

namespace Denali.Files.Tests;

/// <summary>A directory that becomes an image with <c>mke2fs</c>, as users make them.</summary>
internal sealed class TestTree : IDisposable
{
    private const string Tool = "/usr/sbin/mke2fs";

    internal TestTree()
    {
        Assert.SkipUnless(File.Exists(Tool), "there is no mke2fs on this machine; e2fsprogs has it");
        Root = Directory.CreateTempSubdirectory("denali-files-").FullName;
        Content = Directory.CreateDirectory(Path.Combine(Root, "content")).FullName;
    }

    /// <summary>The directory whose contents become the image.</summary>
    internal string Content { get; }

    private string Root { get; }

    /// <summary>Bytes that tell where they are from.</summary>
    internal static byte[] Pattern(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal void Write(string path, byte[] bytes)
    {
        string full = Path.Combine(Content, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }

    /// <summary>Makes a file that has contents at its end only.</summary>
    internal void WriteSparse(string path, long offset, byte[] bytes)
    {
        using FileStream file = File.Create(Path.Combine(Content, path));
        file.Position = offset;
        file.Write(bytes);
    }

    internal void Link(string path, string target) => File.CreateSymbolicLink(Path.Combine(Content, path), target);

    /// <summary>Makes the image.</summary>
    /// <param name="blockBytes">Its block size.</param>
    /// <param name="kibibytes">Its size.</param>
    /// <param name="options">Further options.</param>
    internal byte[] Build(int blockBytes = 4096, int kibibytes = 8192, params string[] options)
    {
        string path = Path.Combine(Root, "image");
        File.Delete(path);
        var start = new ProcessStartInfo(
            Tool, ["-q", "-F", "-t", "ext2", "-b", $"{blockBytes}", "-d", Content, .. options, path, $"{kibibytes}k"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return File.ReadAllBytes(path);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
