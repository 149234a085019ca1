// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>Priorities of threads: the ready thread with the highest runs; equal ones take turns.</summary>
public static class ThreadPriority
{
    /// <summary>Number of priorities: they go from 0 to one less.</summary>
    public const int Count = 8;

    /// <summary>The lowest.</summary>
    public const int Lowest = 0;

    /// <summary>For work that fills gaps.</summary>
    public const int Low = 2;

    /// <summary>That of the boot thread.</summary>
    public const int Normal = 4;

    /// <summary>For threads that react to devices.</summary>
    public const int High = 6;

    /// <summary>The highest.</summary>
    public const int Highest = Count - 1;
}
