// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>The files of a site.</summary>
public interface IContentStore
{
    /// <summary>Finds what is at a path, and opens it if it is a file.</summary>
    /// <param name="path">The path from the site's root, beginning with a slash, without dot segments.</param>
    /// <param name="entry">The file, to be released; meaningless for everything else.</param>
    /// <returns>What it is.</returns>
    ContentKind Open(ReadOnlySpan<byte> path, out ContentEntry entry);

    /// <summary>Gives a file back.</summary>
    /// <param name="handle">The file's handle.</param>
    void Release(int handle);
}
