// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Denali.Bench.Http;

/// <summary>A folder of its own with the files that all servers serve, one of each size.</summary>
internal sealed class WebContent : IDisposable
{
    internal WebContent(IEnumerable<int> sizes)
    {
        Folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
        _ = Directory.CreateDirectory(Site);
        var random = new Random(1);
        foreach (int size in sizes)
        {
            byte[] bytes = new byte[size];
            random.NextBytes(bytes);
            File.WriteAllBytes(Site + PathOf(size), bytes);
        }
    }

    /// <summary>Where servers may keep what they need.</summary>
    internal string Folder { get; }

    /// <summary>What they serve.</summary>
    internal string Site => Path.Combine(Folder, "site");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The path of the file of a size.</summary>
    internal static string PathOf(int size) => string.Create(CultureInfo.InvariantCulture, $"/{size}.bin");
}
