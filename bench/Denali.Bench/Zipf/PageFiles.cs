// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Text;
using Denali.Bench.Visits;
using Denali.Net;

namespace Denali.Bench.Zipf;

/// <summary>So many pages in a folder, for servers that hold them all.</summary>
internal sealed class PageFiles : IDisposable
{
    // So that no directory is long.
    private const int FolderPages = 1000;

    internal PageFiles(int count)
    {
        Folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
        byte[] page = new byte[WebFleet.PageBytes];
        Array.Fill(page, (byte)'x');
        for (int i = 0; i < count; i++)
        {
            string path = Site + PathOf(i);
            if (i % FolderPages == 0)
            {
                _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            }

            File.WriteAllBytes(path, page);
        }
    }

    /// <summary>Where servers may keep what they need.</summary>
    internal string Folder { get; }

    /// <summary>What they serve.</summary>
    internal string Site => Path.Combine(Folder, "site");

    /// <summary>All pages at one server.</summary>
    internal static PageSet At(IpEndpoint server) => new(
        _ => server,
        page => Encoding.ASCII.GetBytes($"GET {PathOf(page)} HTTP/1.1\r\nHost: a\r\n\r\n"),
        WebFleet.PageBytes);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string PathOf(int page) =>
        string.Create(CultureInfo.InvariantCulture, $"/{page / FolderPages}/{page % FolderPages}");
}
