// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>A site as others see it: how it is, which VM serves it, how many requests it had.</summary>
/// <remarks>Any thread reads; whoever manages the site writes.</remarks>
public sealed class Site
{
    private volatile SiteMachine? _machine;
    private volatile SiteState _state;
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _message = string.Empty;
    private volatile string? _directory;
    private volatile string? _diskPath;
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

    /// <summary>The directory that it serves, or null.</summary>
    public string? Directory
    {
        get => _directory;
        internal set => _directory = value;
    }

    /// <summary>The disk that its next VM gets, or null if there is none yet.</summary>
    public string? DiskPath
    {
        get => _diskPath;
        internal set => _diskPath = value;
    }

    /// <summary>Completes when it serves for the first time, has failed, or is being ended.</summary>
    public Task Settled => _settled.Task;

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
        if (state != SiteState.Starting)
        {
            _ = _settled.TrySetResult();
        }
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
