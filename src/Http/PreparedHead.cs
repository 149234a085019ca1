// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>A place of <see cref="PreparedHeads"/>.</summary>
/// <param name="bytes">How much there is room for.</param>
internal sealed class PreparedHead(int bytes)
{
    /// <summary>The path, and behind it the text.</summary>
    internal byte[] Bytes { get; } = new byte[bytes];

    /// <summary>Bytes of the path.</summary>
    internal int PathLength { get; set; }

    /// <summary>Bytes of the text.</summary>
    internal int TextLength { get; set; }

    /// <summary>Bytes of the file.</summary>
    internal long SizeBytes { get; set; }

    /// <summary>When it was modified, in seconds since 1970.</summary>
    internal long ModifiedUnixSeconds { get; set; }

    /// <summary>Its coding.</summary>
    internal ContentCoding Coding { get; set; }

    /// <summary>Whether there was a choice of codings.</summary>
    internal bool HasChoice { get; set; }
}
