// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>Some bytes of a file that follow each other.</summary>
/// <param name="first">The first one's offset.</param>
/// <param name="last">The last one's offset.</param>
public readonly struct ByteRange(long first, long last)
{
    /// <summary>The first byte's offset.</summary>
    public long First { get; } = first;

    /// <summary>The last byte's offset; not less than the first's.</summary>
    public long Last { get; } = last;

    /// <summary>How many bytes.</summary>
    public long LengthBytes => Last - First + 1;
}
