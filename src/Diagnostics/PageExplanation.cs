// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Diagnostics;

/// <summary>What a page is in which a VM's memory differs from what it was made of.</summary>
/// <param name="Address">The guest address of its first byte.</param>
/// <param name="ByteCount">How many bytes differ.</param>
/// <param name="Place">Where it lies: registers, arguments, image, data, bss, heap, or stack and its number.</param>
/// <param name="Parts">What differs there, most first; of the heap it is a guess.</param>
/// <param name="HasMore">Whether there is more than these.</param>
public sealed record PageExplanation(
    ulong Address, int ByteCount, string Place, IReadOnlyList<PagePart> Parts, bool HasMore);
