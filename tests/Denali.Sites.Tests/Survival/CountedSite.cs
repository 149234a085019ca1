// SPDX-License-Identifier: MIT
namespace Denali.Sites.Tests.Survival;

/// <summary>What a test knows of a site whose VM counts its requests.</summary>
/// <param name="Content">What it serves.</param>
internal sealed record CountedSite(string Content)
{
    /// <summary>The fewest requests that its VM has counted.</summary>
    internal long Least { get; set; }

    /// <summary>The most: a request that was not answered may have been counted.</summary>
    internal long Most { get; set; }

    /// <summary>Whether its VM goes on after a kill: it was in the swap file then.</summary>
    internal bool IsSafe { get; set; }

    /// <summary>Whether its VM may have been another since it was last asked.</summary>
    internal bool MayBeAnew { get; set; } = true;

    /// <summary>Whether it must be there; otherwise a command was under way that made or destroyed it.</summary>
    internal bool IsCertain { get; set; }
}
