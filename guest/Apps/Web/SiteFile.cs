// SPDX-License-Identifier: MIT
using Denali.Http;
using Ilwaco;

/// <summary>What was found at a path: an open file, or that there is something else, or nothing.</summary>
internal sealed class SiteFile
{
    internal SiteFile(ContentKind kind, int descriptor, in FileStatus status)
    {
        Kind = kind;
        Entry = new ContentEntry
        {
            Handle = descriptor,
            SizeBytes = status.Size,
            ModifiedUnixSeconds = status.ModificationTime,
        };
    }

    /// <summary>What it is.</summary>
    internal ContentKind Kind { get; }

    /// <summary>The file; its handle is its descriptor.</summary>
    internal ContentEntry Entry { get; }

    /// <summary>The path that it is kept for, or null if it is not kept any more.</summary>
    internal byte[]? Path { get; set; }

    /// <summary>The path's hash.</summary>
    internal uint Hash { get; set; }

    /// <summary>When it was asked for last, in questions.</summary>
    internal uint LastUse { get; set; }

    /// <summary>Responses that are being made of it.</summary>
    internal int UserCount { get; set; }
}
