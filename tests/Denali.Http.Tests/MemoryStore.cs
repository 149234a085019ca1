// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Denali.Http.Tests;

/// <summary>Files in memory, which knows who has not given back what.</summary>
internal sealed class MemoryStore : IContentStore
{
    private readonly Dictionary<string, (byte[] Content, long Modified)> _files = [];
    private readonly List<string> _open = [];

    /// <summary>Paths at which there is something else than a file.</summary>
    public Dictionary<string, ContentKind> Others { get; } = [];

    /// <summary>Files that are open.</summary>
    public int OpenCount { get; private set; }

    public MemoryStore Add(string path, byte[] content, long modified = 1_000_000_000)
    {
        _files[path] = (content, modified);
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            Others[path[..slash]] = ContentKind.Directory;
        }

        Others["/"] = ContentKind.Directory;
        return this;
    }

    public MemoryStore Add(string path, string content, long modified = 1_000_000_000) =>
        Add(path, Encoding.UTF8.GetBytes(content), modified);

    public ContentKind Open(ReadOnlySpan<byte> path, out ContentEntry entry)
    {
        entry = default;
        string name = Encoding.UTF8.GetString(path);
        if (!_files.TryGetValue(name, out (byte[] Content, long Modified) file))
        {
            return Others.GetValueOrDefault(name);
        }

        _open.Add(name);
        OpenCount++;
        entry = new ContentEntry
        {
            Handle = _open.Count - 1,
            SizeBytes = file.Content.Length,
            ModifiedUnixSeconds = file.Modified,
        };
        return ContentKind.File;
    }

    public void Release(int handle)
    {
        _ = ContentOf(handle);
        _open[handle] = "";
        OpenCount--;
    }

    public byte[] ContentOf(int handle) =>
        _files.TryGetValue(_open[handle], out (byte[] Content, long Modified) file)
            ? file.Content
            : throw new InvalidOperationException($"handle {handle} is not open");
}
