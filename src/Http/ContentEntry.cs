// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>A file as a server of files sees it.</summary>
public struct ContentEntry
{
    /// <summary>What the store knows it by; given back with <see cref="IContentStore.Release"/>.</summary>
    public int Handle;

    /// <summary>Its size in bytes.</summary>
    public long SizeBytes;

    /// <summary>When it was modified, in seconds since 1970.</summary>
    public long ModifiedUnixSeconds;
}
