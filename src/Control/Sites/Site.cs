// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>A site as others see it: how it is, which VM serves it, how many requests it had.</summary>
/// <remarks>Any thread reads; whoever manages the site writes.</remarks>
public sealed class Site
{
    private volatile SiteMachine? _machine;
    private volatile SiteState _state;
    private volatile string _message = string.Empty;
    private long _requestCount;
    private int _requestsUnderWay;
    private int _startCount;

    /// <summary>Makes a site that starts.</summary>
    /// <param name="name">Its name, normalized.</param>
    public Site(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How it is.</summary>
    public SiteState State => _state;

    /// <summary>Why it is so, for people; empty if there is nothing to say.</summary>
    public string Message => _message;

    /// <summary>The VM that serves it, if one does.</summary>
    public SiteMachine? Machine => _machine;

    /// <summary>Requests so far, whatever became of them.</summary>
    public long RequestCount => Volatile.Read(ref _requestCount);

    /// <summary>Requests that are under way.</summary>
    public int RequestsUnderWay => Volatile.Read(ref _requestsUnderWay);

    /// <summary>VMs that were started for it.</summary>
    public int StartCount => Volatile.Read(ref _startCount);

    /// <summary>Says how it is.</summary>
    /// <param name="state">The state.</param>
    /// <param name="machine">The VM that serves it, or null.</param>
    /// <param name="message">Why, or nothing.</param>
    public void Set(SiteState state, SiteMachine? machine, string message = "")
    {
        _machine = machine;
        _message = message;
        _state = state;
    }

    internal void CountStart() => Interlocked.Increment(ref _startCount);

    /// <summary>Counts a request, and lets it in if no more than so many are under way.</summary>
    /// <returns>Whether it is let in; then <see cref="Leave"/> follows.</returns>
    internal bool TryEnter(int underWayMax)
    {
        Interlocked.Increment(ref _requestCount);
        if (Interlocked.Increment(ref _requestsUnderWay) <= underWayMax)
        {
            return true;
        }

        Leave();
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _requestsUnderWay);
}
