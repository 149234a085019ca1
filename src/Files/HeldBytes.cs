// SPDX-License-Identifier: MIT
namespace Denali.Files;

/// <summary>
/// Bytes of a file that stay in the page cache until they are released: what is sent over a network without copying.
/// </summary>
public struct HeldBytes
{
    /// <summary>The first frame.</summary>
    internal int Frame;

    /// <summary>Frames that follow each other in memory.</summary>
    internal int FrameCount;

    /// <summary>Where in the first frame the bytes begin.</summary>
    internal int Offset;

    /// <summary>How many bytes they are; 0 at the end of a file.</summary>
    public int Length { get; internal set; }
}
