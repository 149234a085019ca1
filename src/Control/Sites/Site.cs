// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>A site as others see it: how it is, which VM serves it, how many requests it had.</summary>
/// <remarks>Any thread.</remarks>
public abstract class Site
{
    /// <summary>Makes a site.</summary>
    /// <param name="name">Its name, normalized.</param>
    private protected Site(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How it is.</summary>
    public abstract SiteState State { get; }

    /// <summary>Why it is so, for people; empty if there is nothing to say.</summary>
    public abstract string Message { get; }

    /// <summary>The VM that serves it, if one does.</summary>
    public abstract SiteMachine? Machine { get; }

    /// <summary>The directory that it serves, or null.</summary>
    public abstract string? Directory { get; }

    /// <summary>What it is made of, or null if it is one of many that are alike.</summary>
    internal virtual SiteDefinition? Definition => null;

    /// <summary>The disk that its next VM gets, or null if there is none yet.</summary>
    public abstract string? DiskPath { get; }

    /// <summary>Completes when it serves for the first time, has failed, or is being ended.</summary>
    public abstract Task Settled { get; }

    /// <summary>Requests so far, whatever became of them.</summary>
    public abstract long RequestCount { get; }

    /// <summary>Requests that are under way.</summary>
    public abstract int RequestsUnderWay { get; }

    /// <summary>VMs that were started for it.</summary>
    public abstract int StartCount { get; }

    /// <summary>Counts a request, and lets it in if no more than so many are under way.</summary>
    /// <param name="underWayMax">So many.</param>
    /// <returns>Whether it is let in; then <see cref="Leave"/> follows.</returns>
    internal abstract bool TryEnter(int underWayMax);

    /// <summary>A request that was let in is over.</summary>
    internal abstract void Leave();
}
