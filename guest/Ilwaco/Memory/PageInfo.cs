// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Ilwaco;

/// <summary>What the heap knows about a page. It lies apart, so that a free page is never touched.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PageInfo
{
    /// <summary>In place of a page or block index: there is none.</summary>
    internal const uint NoPage = 0;

    /// <summary>There is no block.</summary>
    internal const ushort NoBlock = ushort.MaxValue;

    internal PageKind Kind;

    /// <summary>Slabs: size class of the blocks.</summary>
    internal byte SizeClass;

    /// <summary>Slabs: blocks in use.</summary>
    internal ushort UsedBlocks;

    /// <summary>Slabs: the block that was freed last; each free block names the one freed before it.</summary>
    internal ushort FreeBlock;

    /// <summary>Slabs: blocks that have been used at all. Those behind them are still zero in a fresh slab.</summary>
    internal ushort TouchedBlocks;

    /// <summary>First page, and last of a free run: length of the run. Slab tail: pages back to the first.</summary>
    internal uint Pages;

    /// <summary>Next in the list that the run or slab is in.</summary>
    internal uint Next;

    /// <summary>Previous in that list.</summary>
    internal uint Previous;

    /// <summary>Runs and slabs: the pages had never been used, so they were zero.</summary>
    internal bool Fresh;
}
