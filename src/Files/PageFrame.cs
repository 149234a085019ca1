// SPDX-License-Identifier: MIT
namespace Denali.Files;

/// <summary>What the page cache knows of a frame. All zero is an empty frame.</summary>
internal struct PageFrame
{
    /// <summary>The sector.</summary>
    internal ulong Sector;

    /// <summary>The next frame with the same hash, 0 for none.</summary>
    internal int Next;

    /// <summary>Threads that look at it just now, or wait for it.</summary>
    internal int Pins;

    /// <summary>Uses that may last for long.</summary>
    internal int Holds;

    /// <summary>What it holds.</summary>
    internal PageState State;

    /// <summary>It was used since the hand of the clock came by.</summary>
    internal bool IsReferenced;
}
