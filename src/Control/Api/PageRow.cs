// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Diagnostics;

namespace Denali.Control.Api;

/// <summary>A page of a VM in which its memory differs from what it was made of.</summary>
public sealed record PageRow
{
    /// <summary>Guest address of its first byte, hexadecimal.</summary>
    public required string Address { get; init; }

    /// <summary>How many of its 4096 bytes differ.</summary>
    public required int Bytes { get; init; }

    /// <summary>What keeping the difference of this page alone would take, compressed, in bytes.</summary>
    public required int CompressedBytes { get; init; }

    /// <summary>Where it lies: registers, arguments, image, data, bss, heap, or stack and its number.</summary>
    public required string Place { get; init; }

    /// <summary>What differs there, most first; of the heap it is a guess.</summary>
    public required IReadOnlyList<PagePart> Parts { get; init; }

    /// <summary>Whether there is more than these parts.</summary>
    public bool HasMore { get; init; }
}
