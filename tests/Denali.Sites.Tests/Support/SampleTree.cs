// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using Xunit;

namespace Denali.Sites.Tests.Support;

/// <summary>
/// A directory as sites have them, and worse: more than a thousand files of many types and sizes, deep, with names that
/// have to be escaped. The same one every time.
/// </summary>
internal sealed class SampleTree : IDisposable
{
    /// <summary>When its files were written last.</summary>
    internal static readonly DateTime Modified = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private const int OrdinaryFiles = 1100;
    private const int LargeBytes = 10 << 20;
    private const int DeepFolders = 40;
    private const int LongestName = 255;

    private static readonly string[] s_oddNames =
    [
        "with space.html", "100%.txt", "a%20b.txt", "a b.txt", "%2e%2e.txt", "%.txt",
        "\u00FCn\u00EFc\u00F6d\u00E9.html", "\u65E5\u672C\u8A9E.html",
        "q?mark.txt", "hash#.txt", "plus+.txt", "semi;colon.txt", "amp&.html", "equals=.txt", "quotes'\".txt",
        "back\\slash.txt", "tilde~.html", "operator()[].html", "operator<.html", "{braces}.txt", "comma,.txt",
        "dots...txt", "...three", ".hidden", "-dash", "pipe|.txt", "tab\t.txt", "line\n.txt", "star*.txt", "at@.txt",
        "colon:.txt", "dollar$.txt", "caret^.txt", "grave`.txt", "exclamation!.txt", "UPPER.HTML", "noextension",
        "double.tar.gz", "trailingdot.", "unknown.qqq", new string('n', LongestName),
    ];

    // Around what a block, the direct blocks of an inode, a segment and the pieces of the web guest hold.
    private static readonly int[] s_sizes =
    [
        0, 1, 2, 511, 512, 513, 1023, 1024, 1025, 1459, 1460, 1461, 4095, 4096, 4097, 12_287, 12_288, 12_289, 16_383,
        16_384, 16_385, 49_151, 49_152, 49_153, 65_535, 65_536, 65_537, 134_007, 1_048_576,
    ];

    private static readonly string[] s_extensions =
    [
        "html", "css", "js", "json", "png", "svg", "txt", "xml", "woff2", "pdf", "jpg", "gif", "ico", "md", "wasm",
    ];

    internal SampleTree()
    {
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        Content = Directory.CreateTempSubdirectory("denali-tree-").FullName;
    }

    /// <summary>The directory.</summary>
    internal string Content { get; }

    /// <summary>All of its files, as paths from the directory that begin with a slash.</summary>
    internal static string[] PathsOf(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        })
            .Select(path => path[directory.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A path as it stands in a request.</summary>
    internal static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Writes the whole of it.</summary>
    internal void Fill()
    {
        var random = new Random(1);
        for (int i = 0; i < OrdinaryFiles; i++)
        {
            string extension = s_extensions[i % s_extensions.Length];
            Write($"d{i % 11}/e{i % 7}/file{i}.{extension}", random.Next(random.Next(40_000)), i);
        }

        foreach (string name in s_oddNames)
        {
            Write($"odd/{name}", random.Next(3000), name.Length);
        }

        foreach (int size in s_sizes)
        {
            Write($"sizes/{size}.bin", size, size);
        }

        Write("large.bin", LargeBytes, 7);
        Write("deep/" + string.Concat(Enumerable.Range(0, DeepFolders).Select(i => $"level {i}/")) + "end.txt", 10, 3);
        Write("odd folder %41/index.html", 100, 4);
        FillSmall();
    }

    /// <summary>Writes only what the table of requests asks for.</summary>
    internal void FillSmall()
    {
        Write("index.html", "<!DOCTYPE html><title>home</title><p>home</p>\n");
        Write("file.txt", string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i:000}\n")));
        Write("empty.txt", "");
        Write("a b.txt", "a space\n");
        Write("100%.txt", "a percent sign\n");
        Write("\u00FC.txt", "not ASCII\n");
        Write("plus+.txt", "a plus sign\n");
        Write("folder/index.html", "<p>folder</p>\n");
        Write("folder/other.html", "<p>other</p>\n");
        Write("noindex/file.html", "<p>file</p>\n");
        Write("style.css", "p { color: red }\n");
        Write("code.js", "let a = 1;\n");
        Write("noextension", "what is it\n");
        Write("medium.bin", 200_000, 5);
        string page = string.Concat(Enumerable.Range(0, 400).Select(i => $"<p>paragraph {i}</p>\n"));
        Write("packed.html", page);
        using (var packed = new MemoryStream())
        {
            using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(Encoding.ASCII.GetBytes(page));
            }

            Write("packed.html.gz", packed.ToArray());
        }
    }

    /// <summary>Writes a text.</summary>
    internal void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(Content, recursive: true);

    private void Write(string path, int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        Write(path, bytes);
    }

    private void Write(string path, byte[] bytes)
    {
        string full = Path.Combine(Content, path);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        File.SetLastWriteTimeUtc(full, Modified);
    }
}
