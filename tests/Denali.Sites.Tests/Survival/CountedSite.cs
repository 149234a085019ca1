// SPDX-License-Identifier: MIT
using System;

namespace Denali.Sites.Tests.Survival;

/// <summary>What a test knows of a site whose VM counts its requests.</summary>
/// <param name="Content">What it serves.</param>
internal sealed record CountedSite(string Content)
{
    /// <summary>The fewest requests that its VM has counted.</summary>
    internal long Least { get; set; }

    /// <summary>The most: a request that was not answered may have been counted.</summary>
    internal long Most { get; set; }

    /// <summary>Whether its VM must be there after a kill: it was in the swap file, and nothing has woken it.</summary>
    internal bool IsSafe { get; set; }

    /// <summary>Whether a command swapped it out since it was last asked, when it had nothing to do.</summary>
    internal bool IsSwappedOut { get; set; }

    /// <summary>When it was last asked.</summary>
    internal long AskedTicks { get; set; }

    /// <summary>Whether it still sleeps in the file: the shortest timer of a guest that has answered and idles runs for
    /// five seconds, after which it asks for its neighbour's address anew.</summary>
    internal bool HasTimeLeft =>
        IsSwappedOut && TimeProvider.System.GetElapsedTime(AskedTicks) < TimeSpan.FromSeconds(3);

    /// <summary>Whether nothing comes any more of the last visit: the visitor acknowledges the last bytes a little
    /// later, and that wakes a VM which is in the file.</summary>
    internal bool IsQuiet => TimeProvider.System.GetElapsedTime(AskedTicks) > TimeSpan.FromSeconds(0.5);

    /// <summary>Whether its VM may have been another since it was last asked.</summary>
    internal bool MayBeAnew { get; set; } = true;

    /// <summary>Whether it must be there; otherwise a command was under way that made or destroyed it.</summary>
    internal bool IsCertain { get; set; }
}
