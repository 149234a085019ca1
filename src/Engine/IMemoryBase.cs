// SPDX-License-Identifier: MIT
using System;

namespace Denali.Engine;

/// <summary>
/// A sealed, shared, copy-on-write address space that slots are bound to. Immutable and usable from any thread; slots
/// bound to it keep working after it is disposed.
/// </summary>
public interface IMemoryBase : IDisposable
{
    /// <summary>What it was made from.</summary>
    BaseDescription Description { get; }

    /// <summary>Bytes that every VM bound to it is charged at once: its writable pages and its register page.</summary>
    ulong ChargedBytes { get; }

    /// <summary>What of heap and stacks VMs bound to it may use from the start. Nobody changes it.</summary>
    ChunkMap Commits { get; }

    /// <summary>Contents of a page of guest memory before any VM has written there.</summary>
    /// <param name="page">Its number, counted from address 0.</param>
    /// <param name="contents">The page, as long as the base is not disposed.</param>
    /// <returns>False if it is all zeros.</returns>
    bool TryGetPage(uint page, out ReadOnlySpan<byte> contents);

    /// <summary>Finds the first page from one on that is not all zeros.</summary>
    /// <param name="page">Where to begin, counted from address 0; gets the page's number.</param>
    /// <param name="contents">The page, as long as the base is not disposed.</param>
    /// <returns>False if there is none.</returns>
    bool TryGetNextPage(ref uint page, out ReadOnlySpan<byte> contents);
}
