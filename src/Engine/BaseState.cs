// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Engine;

/// <summary>Copies a page of a VM's memory.</summary>
/// <param name="page">Its number, counted from address 0.</param>
/// <param name="contents">Where it goes; one page long, all zeros.</param>
public delegate void PageReader(uint page, Span<byte> contents);

/// <summary>
/// The memory of a VM that idled, or was ready: with the <see cref="BaseDescription"/> of its image it makes a base
/// whose VMs go on from there. The caller has checked it.
/// </summary>
public sealed class BaseState
{
    /// <summary>What a VM made of the base is charged for at once, in bytes.</summary>
    public required ulong ChargedBytes { get; init; }

    /// <summary>What of heap and stacks had been committed.</summary>
    public required ChunkMap Commits { get; init; }

    /// <summary>The pages that were not all zeros: ascending, at least one, from the register page up to the memory
    /// size.</summary>
    public required IReadOnlyList<uint> Pages { get; init; }

    /// <summary>Gives the pages: each is asked for once, in their order.</summary>
    public required PageReader Read { get; init; }
}
